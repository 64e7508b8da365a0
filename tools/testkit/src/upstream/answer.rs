//! What the upstream answers, and what it does on the way.

use std::time::Duration;

use serde::Serialize;

use crate::gate::Gate;

/// An answer, built up from a body and what happens before and while it is sent.
#[must_use = "an answer is sent when the upstream's plan returns it"]
#[derive(Clone)]
pub struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
    pub(super) lane: Option<String>,
    pub(super) gate: Option<Gate>,
    pub(super) after: Duration,
    pub(super) piece: usize,
    pub(super) ending: Ending,
}

/// How the body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Whole,
    /// This many bytes, then nothing more, with the connection left open.
    StallsAfter(usize),
    /// This many bytes, then the connection is cut.
    BreaksAfter(usize),
}

impl Answer {
    fn new(status: u16, content_type: &'static str, body: Vec<u8>) -> Self {
        Self {
            status,
            headers: vec![("content-type", content_type.to_owned())],
            body,
            lane: None,
            gate: None,
            after: Duration::ZERO,
            piece: usize::MAX,
            ending: Ending::Whole,
        }
    }

    /// 200 with `value` as JSON.
    ///
    /// # Panics
    ///
    /// When `value` cannot be written as JSON.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Self {
        let body = serde_json::to_vec(value).expect("a test answers with plain data");
        Self::new(200, "application/json", body)
    }

    /// 200 with a body that claims to be JSON and is not: it ends in the middle of an object.
    pub fn malformed_json() -> Self {
        Self::new(200, "application/json", br#"{"id": 1, "na"#.to_vec())
    }

    /// 200 with plain text.
    pub fn text(body: impl Into<String>) -> Self {
        Self::new(200, "text/plain; charset=utf-8", body.into().into_bytes())
    }

    /// A status with an empty body.
    pub fn status(status: u16) -> Self {
        Self::new(status, "text/plain; charset=utf-8", Vec::new())
    }

    /// The same answer under another status: 500 with valid JSON, say.
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Adds a header: where a redirect leads, say.
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Sends these bytes instead: a body that is not text, say.
    pub fn with_body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Leaves a header out: `content-type`, say.
    pub fn without_header(mut self, name: &str) -> Self {
        self.headers.retain(|(header, _)| *header != name);
        self
    }

    /// Names the lane that the request is drawn on. Without it: method and path.
    pub fn on_lane(mut self, lane: impl Into<String>) -> Self {
        self.lane = Some(lane.into());
        self
    }

    /// Holds the answer back until `gate` lets the request pass.
    pub fn held_by(mut self, gate: &Gate) -> Self {
        self.gate = Some(gate.clone());
        self
    }

    /// Takes this long, real time, once past the gate. Rule of the specs: at most 50 ms.
    pub fn after(mut self, delay: Duration) -> Self {
        self.after = delay;
        self
    }

    /// Sends the body in pieces of so many bytes. A client that reads piece by piece gets each of
    /// them for itself, however close together they come.
    ///
    /// # Panics
    ///
    /// When `bytes` is 0.
    pub fn in_pieces_of(mut self, bytes: usize) -> Self {
        assert!(bytes > 0, "a piece of a body has at least one byte");
        self.piece = bytes;
        self
    }

    /// Sends the head and the first `bytes` of the body, then nothing, for as long as the client
    /// waits. With 0 it stalls right after the headers.
    pub fn stalling_after(mut self, bytes: usize) -> Self {
        self.ending = Ending::StallsAfter(bytes);
        self
    }

    /// Sends the head and the first `bytes` of the body, then cuts the connection.
    pub fn breaking_after(mut self, bytes: usize) -> Self {
        self.ending = Ending::BreaksAfter(bytes);
        self
    }
}
