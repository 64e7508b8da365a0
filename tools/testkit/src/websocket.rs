//! WebSocket clients that keep what they hear, and a server for them in memory or on loopback.
//!
//! A client never reads unless the test says so, and what it has not read waits in its connection.
//! So a client that is to read has a connection that holds much, and one that is not to read has a
//! connection that holds little.
//!
//! ```
//! use axum::{Router, extract::ws::WebSocketUpgrade, routing::get};
//! use testkit::websocket::{End, Served};
//!
//! /// Sends back one message.
//! async fn echo(upgrade: WebSocketUpgrade) -> axum::response::Response {
//!     upgrade.on_upgrade(async |mut socket| {
//!         if let Some(Ok(message)) = socket.recv().await {
//!             let _ = socket.send(message).await;
//!         }
//!     })
//! }
//!
//! testkit::run_paused(async || {
//!     let served = Served::in_memory(Router::new().route("/", get(echo)));
//!
//!     let mut client = served.connect("/", 1024).await.expect("it is let in");
//!     client.say("hello").await;
//!     assert_eq!(client.hears().await, ["hello"]);
//!     assert_eq!(client.end, Some(End::Broken));
//!     assert!(!client.is_open().await);
//! });
//! ```

use std::{fmt, net::SocketAddr, time::Duration};

use axum::{Router, serve::ListenerExt};
use futures::{SinkExt, StreamExt, future::join_all};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task,
};
pub use tokio_tungstenite::tungstenite::{
    Message,
    protocol::{
        CloseFrame,
        frame::{
            Frame,
            coding::{Data, OpCode},
        },
    },
};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Error, protocol::WebSocketConfig},
};

use crate::{
    context::{Run, journal},
    gate::at_rest_for,
    memory::{self, Door},
    refusal::provided,
    wait::{before, pause},
};

/// On a paused clock, what is done at once takes no time; code that looks now and then is at once,
/// too.
const A_BEAT: Duration = Duration::from_millis(200);

/// On a real clock: how long all is at rest when nothing more is going to happen.
const REST: Duration = Duration::from_millis(500);

/// A server in this process, and the way in.
pub struct Served(WayIn);

enum WayIn {
    Memory(Door),
    Loopback(SocketAddr),
}

impl Served {
    /// Serves in memory: for a paused clock.
    pub fn in_memory(router: Router) -> Self {
        let (door, listener) = memory::listen();
        task::spawn(axum::serve(listener, router).into_future());
        Self(WayIn::Memory(door))
    }

    /// Serves on real sockets.
    ///
    /// # Panics
    ///
    /// Where no port is free.
    pub async fn on_loopback(router: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = provided(listener, "loopback has a free port");
        let address = listener.local_addr().expect("it is bound");
        // What is written is sent at once.
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        task::spawn(axum::serve(listener, router).into_future());
        Self(WayIn::Loopback(address))
    }

    /// A new client at this path. In memory, its connection holds so many bytes in each direction.
    pub async fn connect(&self, path: &str, bytes: usize) -> Result<Client, Refused> {
        let stream: Box<dyn Connection> = match &self.0 {
            WayIn::Memory(door) => Box::new(door.pipe(bytes).ok_or(Refused(None))?),
            WayIn::Loopback(address) => {
                let stream = TcpStream::connect(address).await.map_err(|_| Refused(None))?;
                stream.set_nodelay(true).map_err(|_| Refused(None))?;
                Box::new(stream)
            }
        };
        journal().step();
        // By default each read fills 128 KiB with zeros first.
        let config = WebSocketConfig::default().read_buffer_size(8 * 1024);
        let url = format!("ws://memory{path}");
        match in_time(client_async_with_config(url, stream, Some(config))).await {
            Some(Ok((socket, _))) => Ok(Client { socket, texts: Vec::new(), end: None }),
            Some(Err(Error::Http(response))) => Err(Refused(Some(response.status().as_u16()))),
            Some(Err(_)) | None => Err(Refused(None)),
        }
    }
}

/// A connection was not upgraded: the status of the answer, if there was one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused(pub Option<u16>);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(status) => write!(f, "answered {status}"),
            None => f.write_str("not answered"),
        }
    }
}

/// What a client talks through.
trait Connection: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Connection for S {}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// With a close frame that has this code; 1005 stands for none.
    Frame(u16),
    /// Without a close frame.
    Broken,
}

/// A client, and what it has heard.
pub struct Client {
    socket: WebSocketStream<Box<dyn Connection>>,
    /// The texts that it has heard, in their order.
    pub texts: Vec<String>,
    /// How its connection has ended, as far as it has read.
    pub end: Option<End>,
}

impl Client {
    /// Sends a text, as [`send`](Self::send) does.
    pub async fn say(&mut self, text: &str) {
        self.send(Message::text(text)).await;
    }

    /// Sends a message, whether or not it may be sent and whether or not the server takes it. On a
    /// paused clock, all that it brings about has happened when this returns.
    pub async fn send(&mut self, message: Message) {
        // What becomes of it is seen in what others hear.
        in_time(self.socket.send(message)).await;
        journal().step();
        settle().await;
    }

    /// Reads until nothing more comes, and gives all texts that it has ever heard.
    pub async fn hears(&mut self) -> &[String] {
        self.hears_up_to(usize::MAX).await
    }

    /// Reads until it has heard so many texts, or nothing more comes.
    pub async fn hears_up_to(&mut self, texts: usize) -> &[String] {
        while self.texts.len() < texts {
            let Some(read) = in_time(self.socket.next()).await else { break };
            match read {
                Some(Ok(Message::Text(text))) => self.texts.push(text.to_string()),
                Some(Ok(Message::Close(frame))) => {
                    let code = frame.map_or(1005, |frame| frame.code.into());
                    self.end.get_or_insert(End::Frame(code));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => {
                    self.end.get_or_insert(End::Broken);
                    break;
                }
            }
        }
        &self.texts
    }

    /// How its connection has ended, in words.
    pub fn ending(&self) -> String {
        match self.end {
            Some(End::Frame(code)) => format!("a close frame, {code}"),
            Some(End::Broken) => "no close frame".to_owned(),
            None => "still open".to_owned(),
        }
    }

    /// Whether the server still holds the connection, which is in memory. Nothing is read, and
    /// nothing reaches the server.
    pub async fn is_open(&mut self) -> bool {
        let nothing = self.socket.get_mut().write(&[]);
        // It is open, too, if the server takes nothing.
        in_time(nothing).await.is_none_or(|written| written.is_ok())
    }

    /// Sends a close frame with this code, or without one, and reads to the end.
    pub async fn closes(&mut self, code: Option<u16>) {
        let frame = code.map(|code| CloseFrame { code: code.into(), reason: "bye".into() });
        self.send(Message::Close(frame)).await;
        self.hears().await;
    }

    /// Goes, without a close frame.
    pub async fn vanishes(self) {
        drop(self);
        settle().await;
    }

    /// Goes within a frame: five bytes of a text of a hundred have been sent.
    pub async fn breaks_off(mut self) {
        in_time(self.socket.get_mut().write_all(b"\x81\xe4maskhalf ")).await;
        self.vanishes().await;
    }
}

/// What came of a talk: see [`talk`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// All that read have heard each text at once.
    AtOnce,
    /// They heard a text only when those that did not read began to.
    Later,
    /// They have not heard a text.
    Never,
}

/// The first of `readers` says these texts, one after the other, until one is not heard by all of
/// them. Meanwhile `sleepers` do not read. Where there are sleepers, it is drawn on the lanes of
/// `names`, one for each reader and one for a sleeper.
pub async fn talk<const N: usize>(
    readers: &mut [Client],
    sleepers: &mut [Client],
    names: ([&str; N], &str),
    texts: impl IntoIterator<Item = String>,
) -> Heard {
    let mut texts = texts.into_iter().peekable();
    let drawn = !sleepers.is_empty() && texts.peek().is_some();
    let lanes = drawn.then(|| names.0.map(|lane| journal().call(lane)));
    let mut heard = Heard::AtOnce;
    for text in texts {
        readers[0].say(&text).await;
        if !all_hear(readers, &text).await {
            // Were they waiting for those?
            if drawn {
                journal().mark(names.1, "begins to read");
            }
            join_all(sleepers.iter_mut().map(Client::hears)).await;
            let later = all_hear(readers, &text).await;
            heard = if later { Heard::Later } else { Heard::Never };
            break;
        }
    }
    for lane in lanes.into_iter().flatten() {
        if heard == Heard::AtOnce { lane.finished() } else { lane.waited() }
    }
    heard
}

/// Reads, and tells whether this was the last text that each of them has heard.
pub async fn all_hear(clients: &mut [Client], text: &str) -> bool {
    let mut all = true;
    for client in clients {
        all &= client.hears().await.last().is_some_and(|last| last == text);
    }
    all
}

/// Which of them are connected: see [`Client::is_open`].
pub async fn are_open(clients: &mut [Client]) -> Vec<bool> {
    let mut open = Vec::new();
    for client in clients {
        open.push(client.is_open().await);
    }
    open
}

/// A frame of a message, whether or not it may be sent.
pub fn frame(kind: Data, bytes: &[u8], is_last: bool) -> Message {
    Message::Frame(Frame::message(bytes.to_vec(), OpCode::Data(kind), is_last))
}

/// What `future` comes to, unless nothing happens any more before that.
pub async fn in_time<T>(future: impl Future<Output = T>) -> Option<T> {
    let quiet = async {
        if Run::current().is_paused() {
            pause(A_BEAT).await;
        } else {
            at_rest_for(REST).await;
        }
    };
    before(future, quiet).await
}

/// On a paused clock, waits until all that could happen at once has happened. On a real one nothing
/// tells when that is.
pub async fn settle() {
    if Run::current().is_paused() {
        pause(A_BEAT).await;
    }
}
