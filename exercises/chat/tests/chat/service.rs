//! A room that is served on loopback, and its members: real sockets.

use std::{net::SocketAddr, time::Duration};

use chat::{LONGEST, Room};
use futures::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use testkit::{alive_tasks, at_rest_for, expect};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpSocket, TcpStream},
    sync::watch,
    task::JoinHandle,
    time::{sleep, timeout},
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message},
};

/// Longer than anything takes that is going to happen.
pub const NEVER: Duration = Duration::from_millis(1500);

/// How long all is at rest when nothing more is going to happen.
const REST: Duration = Duration::from_millis(500);

/// No member waits so long.
pub const AN_HOUR: Duration = Duration::from_secs(3600);

/// What the system may keep in a socket of either side: not much, so that one
/// who does not read is seen soon.
const BUFFER: u32 = 8 * 1024;

/// A room that is served.
pub struct House {
    pub room: Room,
    address: SocketAddr,
    server: JoinHandle<()>,
}

impl House {
    /// Serves a room.
    pub fn open(patience: Duration) -> Self {
        let room = Room::new(patience);
        let socket = TcpSocket::new_v4().expect("a socket");
        // Connections inherit it.
        socket.set_send_buffer_size(BUFFER).expect("a size");
        socket.bind(([127, 0, 0, 1], 0).into()).expect("a free port");
        let listener = socket.listen(64).expect("it is bound");
        let address = listener.local_addr().expect("it is bound");
        let router = room.router();
        let server = tokio::spawn(async move {
            // Serving never ends by itself.
            let _ = axum::serve(listener, router).await;
        });
        Self { room, address, server }
    }

    /// Connects, and upgrades; or says why not.
    pub async fn connect(&self) -> Result<WebSocketStream<TcpStream>, Error> {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(BUFFER).expect("a size");
        let stream = socket.connect(self.address).await?;
        let url = format!("ws://{}/room", self.address);
        let opened = timeout(NEVER, client_async(url, stream)).await;
        let opened = opened.unwrap_or(Err(Error::AlreadyClosed));
        opened.map(|(socket, _)| socket)
    }

    /// A new member, who has heard its own first words, and reads on only if it
    /// is told to.
    pub async fn join(&self, name: &str) -> Member {
        let socket = match self.connect().await {
            Ok(socket) => socket,
            Err(error) => panic!("{name} cannot join: {error}"),
        };
        let (sink, stream) = socket.split();
        let (log, _) = watch::channel(Log::default());
        let mut member = Member { sink, stream: Some(stream), log };
        let hello = format!("{name} is here");
        member.say(&hello).await;
        let came = timeout(NEVER, member.read_until(&hello)).await;
        expect(came == Ok(true), "a member's own message does not come back")
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

/// Waits until it is so; not for ever. It counts turns and not the time: at
/// each, every task of the run that can has run.
async fn comes_true(is_so: impl Fn() -> bool) -> bool {
    for _ in 0..120 {
        if is_so() {
            return true;
        }
        sleep(Duration::from_millis(5)).await;
    }
    is_so()
}

/// Whether `future` is over before `rest`.
pub async fn is_over(
    future: impl Future,
    rest: impl Future<Output = ()>,
) -> bool {
    tokio::select! {
        _ = future => true,
        () = rest => false,
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
        let _ = timeout(NEVER, self.sink.send(message)).await;
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
                let _ = timeout(NEVER, rest).await;
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
        let heard = log.wait_for(|log| is_so(log));
        // Something may tick beside, so that nothing is ever at rest.
        let rest = timeout(NEVER, at_rest_for(REST));
        is_over(heard, async { drop(rest.await) }).await
    }

    /// Waits until its connection is over, and says how it ended.
    pub async fn end(&self) -> Option<End> {
        self.hears(|log| log.over).await;
        self.log().end
    }
}

/// How a member leaves.
#[derive(Clone, Copy, Debug)]
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
