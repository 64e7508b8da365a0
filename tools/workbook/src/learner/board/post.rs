//! One HTTP request with a time limit. A board is the only server that this command ever asks.

use std::io::{self, Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde::Serialize;

use crate::terminal::text::plain;

/// A machine of the same room answers in milliseconds, or not at all.
const CONNECT: Duration = Duration::from_secs(1);
/// The most time that all of it takes.
pub const WHOLE: Duration = Duration::from_secs(2);
/// A board's answers are far shorter.
const LONGEST: usize = 16 * 1024;

/// What was answered.
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as a sentence for a terminal.
    pub fn text(&self) -> String {
        let text = String::from_utf8_lossy(&self.body);
        let text = plain(text.trim());
        if text.is_empty() { format!("HTTP status {}", self.status) } else { text }
    }
}

/// Sends `message` as JSON to `path` at `address`, a host and a port.
pub fn post(address: &str, path: &str, message: &impl Serialize) -> Result<Answer> {
    let ends = Instant::now() + WHOLE;
    let body = serde_json::to_vec(message)?;
    let mut found = address
        .to_socket_addrs()
        .context("an address has a host and a port, such as 192.168.1.5:4880")?;
    let at = found.next().context("no machine has that name")?;
    let mut stream = TcpStream::connect_timeout(&at, CONNECT)?;
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.set_write_timeout(Some(left(ends)?))?;
    stream.write_all(&[head.as_bytes(), &body].concat())?;
    let mut said = Vec::new();
    let mut buffer = [0; 2048];
    loop {
        stream.set_read_timeout(Some(left(ends)?))?;
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) if said.len() + count > LONGEST => {
                bail!("the answer is too long")
            }
            Ok(count) => said.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    read(&said)
}

fn left(ends: Instant) -> Result<Duration> {
    let left = ends.saturating_duration_since(Instant::now());
    if left.is_zero() {
        bail!("no answer came in {} s", WHOLE.as_secs());
    }
    Ok(left)
}

/// The connection is closed behind the answer, so the body is all that follows its head.
fn read(said: &[u8]) -> Result<Answer> {
    let end = said.windows(4).position(|four| four == b"\r\n\r\n").context("it is no HTTP")?;
    let head = std::str::from_utf8(&said[..end])?;
    let status = head.split_whitespace().nth(1).context("it is no HTTP")?.parse()?;
    Ok(Answer { status, body: said[end + 4..].to_vec() })
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    #[test]
    fn an_answer_is_read_to_the_end_of_the_connection() {
        let answer =
            read(b"HTTP/1.1 403 Forbidden\r\nA: b\r\n\r\nno such \x1b[2Jcode").expect("HTTP");
        assert_eq!(answer.status, 403);
        assert!(!answer.text().contains('\x1b'), "it is shown in a terminal");
        assert_eq!(
            read(b"HTTP/1.1 204 No Content\r\n\r\n").expect("HTTP").text(),
            "HTTP status 204"
        );
        for nonsense in [&b""[..], b"SSH-2.0\r\n", b"HTTP/1.1\r\n\r\n", b"HTTP/1.1 x\r\n\r\n"] {
            assert!(read(nonsense).is_err());
        }
    }

    #[test]
    fn whoever_never_answers_is_waited_for_for_two_seconds() {
        let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = silent.local_addr().expect("it is bound").to_string();
        let began = Instant::now();
        assert!(post(&address, "/join", &"").is_err());
        assert!(began.elapsed() >= WHOLE);
    }

    #[test]
    fn what_is_no_board_does_not_fill_the_memory() {
        let flood = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = flood.local_addr().expect("it is bound").to_string();
        thread::spawn(move || {
            let (mut stream, _) = flood.accept().expect("it is asked");
            while stream.write_all(&[b'x'; 4096]).is_ok() {}
        });
        let error = post(&address, "/join", &"").err().expect("it is refused");
        assert_eq!(error.to_string(), "the answer is too long");
    }
}
