//! A room that is served on loopback, and its members: real sockets.

use std::{net::SocketAddr, time::Duration};

use axum::{
    extract::Request,
    middleware::{Next, from_fn},
    serve::ListenerExt,
};
use chat::{LONGEST, Room};
use futures::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use testkit::{alive_tasks, at_rest_for, expect, journal};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpSocket, TcpStream},
    sync::watch,
    task::JoinHandle,
    time::sleep,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message},
};

/// How long nothing happens when all that could has.
const A_MOMENT: Duration = Duration::from_millis(80);

/// How long all is at rest when nothing more is going to happen.
const REST: Duration = Duration::from_millis(500);

/// No member waits so long.
pub const AN_HOUR: Duration = Duration::from_hours(1);

/// What the system may keep in a socket of either side: not much, so that one
/// who does not read is seen soon.
const BUFFER: u32 = 16 * 1024;

/// A room that is served.
pub struct House {
    pub room: Room,
    /// Whether answers of the handler are sent on.
    pub door: watch::Sender<bool>,
    address: SocketAddr,
    server: JoinHandle<()>,
}

impl House {
    /// Serves a new room.
    pub fn open(patience: Duration) -> Self {
        Self::of(Room::new(patience))
    }

    /// Serves this room.
    pub fn of(room: Room) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        // Connections inherit it.
        socket.set_send_buffer_size(BUFFER).expect("a size");
        socket.bind(([127, 0, 0, 1], 0).into()).expect("a free port");
        let listener = socket.listen(1024).expect("it is bound");
        let address = listener.local_addr().expect("it is bound");
        let door = watch::Sender::new(true);
        let inside = door.subscribe();
        let held = move |request: Request, next: Next| {
            let mut inside = inside.clone();
            async move {
                let answer = next.run(request).await;
                // An error would mean that the house is gone.
                let _ = inside.wait_for(|is_open| *is_open).await;
                answer
            }
        };
        let router = room.router().layer(from_fn(held));
        let server = tokio::spawn(async move {
            // Serving never ends by itself.
            let at_once = listener.tap_io(|stream| {
                let _ = stream.set_nodelay(true);
            });
            let _ = axum::serve(at_once, router).await;
        });
        Self { room, door, address, server }
    }

    /// Connects, and upgrades; or says why not.
    pub async fn connect(&self) -> Result<WebSocketStream<TcpStream>, Error> {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(BUFFER).expect("a size");
        let stream = socket.connect(self.address).await?;
        stream.set_nodelay(true)?;
        let url = format!("ws://{}/room", self.address);
        let opened = in_time(client_async(url, stream)).await;
        let opened = opened.unwrap_or(Err(Error::AlreadyClosed));
        opened.map(|(socket, _)| socket)
    }

    /// A new member, who says nothing, and does not read. It is there when it is
    /// quiet.
    pub async fn enter(&self) -> Member {
        let opened = self.connect().await;
        let why = opened.as_ref().err();
        expect(why.is_none(), "a member cannot join")
            .asked("a member for each upgrade at GET /room")
            .facts(why)
            .without_drawing()
            .or_fail();
        let (sink, stream) = opened.expect("it is checked above").split();
        let (log, _) = watch::channel(Log::default());
        Member { sink, stream: Some(stream), log }
    }

    /// A new member, who has heard its own first words, and reads on only if it
    /// is told to.
    pub async fn join(&self, name: &str) -> Member {
        let mut member = self.enter().await;
        let hello = format!("{name} is here");
        member.say(&hello).await;
        let came = in_time(member.read_until(&hello)).await;
        expect(came == Some(true), "a member's own message does not come back")
            .asked("a text message goes to every member, its sender too")
            .without_drawing()
            .or_fail();
        member
    }

    /// A new member, who reads.
    pub async fn listener(&self, name: &str) -> Member {
        let mut member = self.join(name).await;
        member.listen();
        member
    }

    /// Waits until there are so many members; whether it came so.
    pub async fn members_are(&self, wanted: usize) -> bool {
        comes_true(|| self.room.members() == wanted).await
    }
}

/// Waits until no more tasks are alive than that; whether it came so.
pub async fn tasks_are(wanted: usize) -> bool {
    comes_true(|| alive_tasks() <= wanted).await
}

impl Drop for House {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Waits until it is so, or nothing happens any more.
async fn comes_true(is_so: impl Fn() -> bool) -> bool {
    for millis in [1, 2, 4, 8, 16] {
        if is_so() {
            return true;
        }
        sleep(Duration::from_millis(millis)).await;
    }
    for _ in 0..3 {
        if is_so() {
            return true;
        }
        quiet().await;
    }
    is_so()
}

/// Waits until nothing has happened for a moment.
pub async fn quiet() {
    // What a moment is counts from here.
    journal().step();
    at_rest_for(A_MOMENT).await;
}

/// What `future` comes to, unless nothing happens any more before that.
pub async fn in_time<T>(future: impl Future<Output = T>) -> Option<T> {
    journal().step();
    tokio::select! {
        output = future => Some(output),
        () = at_rest_for(REST) => None,
    }
}

/// Whether `future` is over before it is quiet.
pub async fn is_over(future: impl Future) -> bool {
    tokio::select! {
        _ = future => true,
        () = quiet() => false,
    }
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// With a close frame that has this code; 1005 stands for none.
    Frame(u16),
    /// Without a close frame.
    Broken,
}

impl End {
    pub fn name(end: Option<Self>) -> String {
        match end {
            Some(Self::Frame(code)) => format!("a close frame, {code}"),
            Some(Self::Broken) => "no close frame".to_owned(),
            None => "still open".to_owned(),
        }
    }
}

/// What a member has heard.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// Without the greetings.
    pub texts: Vec<String>,
    pub end: Option<End>,
    /// The connection is over, to the last byte.
    pub over: bool,
}

impl Log {
    /// Takes what was read; false at the end.
    fn take(&mut self, read: Option<Result<Message, Error>>) -> bool {
        if !matches!(read, Some(Ok(Message::Ping(_)))) {
            // Something has happened.
            journal().step();
        }
        match read {
            Some(Ok(Message::Text(text))) => {
                if !text.ends_with(" is here") {
                    self.texts.push(text.to_string());
                }
            }
            Some(Ok(Message::Close(frame))) => {
                let code = frame.map_or(1005, |frame| frame.code.into());
                self.end.get_or_insert(End::Frame(code));
            }
            Some(Ok(_)) => {}
            Some(Err(_)) | None => {
                self.end.get_or_insert(End::Broken);
                self.over = true;
            }
        }
        !self.over
    }
}

/// One who has joined a room.
pub struct Member {
    pub sink: SplitSink<WebSocketStream<TcpStream>, Message>,
    stream: Option<SplitStream<WebSocketStream<TcpStream>>>,
    log: watch::Sender<Log>,
}

impl Member {
    /// Reads from now on.
    pub fn listen(&mut self) {
        let Some(mut stream) = self.stream.take() else { return };
        let log = self.log.clone();
        tokio::spawn(async move {
            loop {
                let read = stream.next().await;
                let mut goes_on = true;
                log.send_modify(|log| goes_on = log.take(read));
                if !goes_on {
                    break;
                }
            }
        });
    }

    /// Reads up to this text; false at an end.
    async fn read_until(&mut self, text: &str) -> bool {
        let Some(stream) = &mut self.stream else { return false };
        loop {
            let read = stream.next().await;
            if matches!(&read, Some(Ok(Message::Text(it))) if it.as_str() == text)
            {
                return true;
            }
            let mut goes_on = true;
            self.log.send_modify(|log| goes_on = log.take(read));
            if !goes_on {
                return false;
            }
        }
    }

    /// Sends a text. What becomes of it is seen in what others read.
    pub async fn say(&mut self, text: &str) {
        self.send(Message::text(text)).await;
    }

    /// Sends a message, whether or not the server still takes it.
    pub async fn send(&mut self, message: Message) {
        in_time(self.sink.send(message)).await;
    }

    /// Leaves; it has not listened.
    pub async fn leave(mut self, way: Way) {
        let Some(stream) = self.stream.take() else { return };
        let Ok(mut socket) = stream.reunite(self.sink) else { return };
        match way {
            // It reads the answer, if there is one, and all that comes before.
            Way::Goodbye => {
                let _ = socket.close(None).await;
                let rest = socket.for_each(async |_| {});
                in_time(rest).await;
            }
            Way::Abrupt => drop(socket),
            Way::Reset => {
                let _ = socket.get_ref().set_zero_linger();
            }
            Way::HalfAFrame => {
                // A text of 100 bytes, of which five are sent.
                let _ = socket.get_mut().write_all(b"\x81\xe4maskhalf ").await;
            }
        }
    }

    pub fn log(&self) -> Log {
        self.log.borrow().clone()
    }

    /// Waits until what it has heard is so; not for ever.
    pub async fn hears(&self, is_so: impl Fn(&Log) -> bool) -> bool {
        let mut log = self.log.subscribe();
        in_time(log.wait_for(|log| is_so(log))).await.is_some()
    }

    /// Waits until its connection is over, and says how it ended.
    pub async fn end(&self) -> Option<End> {
        self.hears(|log| log.over).await;
        self.log().end
    }
}

/// How a member leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Goodbye,
    Abrupt,
    Reset,
    HalfAFrame,
}

impl Way {
    pub fn name(self) -> &'static str {
        match self {
            Self::Goodbye => "with a close frame",
            Self::Abrupt => "without a close frame",
            Self::Reset => "by a reset of the connection",
            Self::HalfAFrame => "in the middle of a frame",
        }
    }
}

/// A text of the greatest length, which ends with its number.
pub fn long(number: usize) -> String {
    format!("{number:0LONGEST$}")
}
