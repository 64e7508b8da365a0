//! A listener in memory, so that a server runs on a paused clock: no socket, no port, no wait.
//!
//! ```
//! use axum::{Router, routing::get};
//! use testkit::memory;
//!
//! testkit::run_paused(async || {
//!     let (door, listener) = memory::listen();
//!     let router = Router::new().route("/", get(async || "hello"));
//!     tokio::spawn(async move { axum::serve(listener, router).await });
//!
//!     let mut client = door.connect().expect("the listener is there");
//!     client.send("GET / HTTP/1.1\r\nhost: memory\r\n\r\n").await;
//!     assert_eq!(client.status().await, Some(200));
//! });
//! ```

use std::{future::pending, io};

use axum::serve::Listener;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, duplex},
    sync::mpsc::{self, UnboundedReceiver, UnboundedSender},
};

use crate::wait::within;

/// As many bytes may be under way in each direction.
const BUFFER: usize = 64 * 1024;

/// Where clients come in.
#[derive(Clone)]
pub struct Door(UnboundedSender<DuplexStream>);

/// The server's side, for `axum::serve`.
pub struct MemoryListener(UnboundedReceiver<DuplexStream>);

/// A listener in memory, and its door.
pub fn listen() -> (Door, MemoryListener) {
    let (sender, receiver) = mpsc::unbounded_channel();
    (Door(sender), MemoryListener(receiver))
}

impl Door {
    /// A new connection; `None` where the listener has been dropped.
    pub fn connect(&self) -> Option<Connection<DuplexStream>> {
        self.pipe(BUFFER).map(Connection)
    }

    /// The client's end of a new connection that holds so many bytes in each direction: backpressure
    /// is the test's to choose. `None` where the listener has been dropped.
    pub fn pipe(&self, bytes: usize) -> Option<DuplexStream> {
        let (client, server) = duplex(bytes);
        self.0.send(server).ok()?;
        Some(client)
    }
}

impl Listener for MemoryListener {
    type Io = DuplexStream;
    type Addr = &'static str;

    async fn accept(&mut self) -> (DuplexStream, &'static str) {
        match self.0.recv().await {
            Some(connection) => (connection, "memory"),
            // No door is left.
            None => pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<&'static str> {
        Ok("memory")
    }
}

/// A `POST` with this JSON as its body, in two parts: the head with the first bytes of the body, and
/// the rest.
pub fn post(path: &str, json: &str) -> [String; 2] {
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: memory\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n",
        json.len()
    );
    let (first, rest) = json.split_at(json.ceil_char_boundary(json.len() / 2));
    [head + first, rest.to_owned()]
}

/// The client's end of a connection. It speaks HTTP/1.1 by hand: half a request, or none, too.
pub struct Connection<S>(pub S);

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// Sends this. Where the server has closed the connection it is lost, and no answer comes.
    pub async fn send(&mut self, text: &str) {
        let _ = self.0.write_all(text.as_bytes()).await;
    }

    /// Reads one answer, and gives its status; `None` where the connection ends first. A body
    /// without a `content-length` is left.
    pub async fn status(&mut self) -> Option<u16> {
        let head = self.until("\r\n\r\n").await?.to_ascii_lowercase();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
        self.0.read_exact(&mut vec![0; length.unwrap_or_default()]).await.ok()?;
        head.split_whitespace().nth(1)?.parse().ok()
    }

    /// As [`status`](Self::status); `None` too where no answer comes within so many milliseconds.
    pub async fn status_within(&mut self, millis: u64) -> Option<u16> {
        within(millis, self.status()).await.flatten()
    }

    /// Reads until this has come, and gives all that came; `None` where the connection ends first.
    pub async fn until(&mut self, wanted: &str) -> Option<String> {
        let mut read = Vec::new();
        while !read.ends_with(wanted.as_bytes()) {
            read.push(self.0.read_u8().await.ok()?);
        }
        Some(String::from_utf8_lossy(&read).into_owned())
    }

    /// Reads to the end of the connection, however it ends.
    pub async fn ends(mut self) {
        let _ = self.0.read_to_end(&mut Vec::new()).await;
    }
}
