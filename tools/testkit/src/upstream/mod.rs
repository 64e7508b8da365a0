//! An HTTP server on loopback that sees what a mock cannot: calls in flight, connections, clients
//! that go away. It journals each request as a span on the run's timeline.
//!
//! It runs on a thread of its own, so that code which blocks the test's runtime does not stop it.
//!
//! ```
//! use testkit::{Answer, Upstream};
//!
//! testkit::run(async || {
//!     let upstream = Upstream::start(|request| match request.path.as_str() {
//!         "/users/1" => Answer::json(&serde_json::json!({ "id": 1, "name": "Ada" })),
//!         _ => Answer::status(404),
//!     });
//!
//!     let client = reqwest::Client::new();
//!     let answer = client.get(format!("{}/users/1", upstream.url())).send().await.unwrap();
//!     assert_eq!(answer.status(), 200);
//!     assert_eq!(upstream.requests().len(), 1);
//!     assert_eq!(upstream.connections(), 1);
//! });
//! ```

mod answer;
mod body;
mod server;

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread::JoinHandle,
};

use timeline::How;
use tokio::sync::{oneshot, watch};

pub use self::answer::Answer;
use crate::{context::Run, gate::at_rest, journal::Journal, probe::InFlight};

/// A request as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// `GET`, `POST` and so on.
    pub method: String,
    /// The path without the query, still percent-encoded.
    pub path: String,
    /// The query without its question mark; empty where there is none.
    pub query: String,
    /// Names in lower case, in the order of arrival.
    pub headers: Vec<(String, String)>,
}

impl Received {
    /// The first header called `name` (in lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Path and query, as they were sent.
    pub fn target(&self) -> String {
        let mark = if self.query.is_empty() { "" } else { "?" };
        format!("{}{mark}{}", self.path, self.query)
    }

    /// The part of the path after its last slash: `7` of `/users/7`.
    pub fn last_segment(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The same as a number; 0 where it is none.
    pub fn number(&self) -> u64 {
        self.last_segment().parse().unwrap_or_default()
    }
}

/// The server. Dropping it closes the listener and every connection.
pub struct Upstream {
    address: SocketAddr,
    seen: Arc<Seen>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// How a request is answered; called for each one.
type Plan = Box<dyn Fn(&Received) -> Answer + Send + Sync>;

/// What the server has seen until now.
struct Seen {
    plan: Plan,
    run: Arc<Run>,
    journal: Journal,
    requests: Mutex<Vec<Received>>,
    arrived: watch::Sender<usize>,
    in_flight: InFlight,
    connections: AtomicUsize,
}

impl Upstream {
    /// Starts a server on a free port of 127.0.0.1 that answers each request as `plan` says.
    ///
    /// # Panics
    ///
    /// Outside a run, or when the system has no port or thread left.
    pub fn start(plan: impl Fn(&Received) -> Answer + Send + Sync + 'static) -> Self {
        server::start(Box::new(plan))
    }

    /// `http://127.0.0.1:PORT`, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// REQ: the requests that have arrived, in order of arrival; cancelled ones too.
    pub fn requests(&self) -> Vec<Received> {
        self.seen.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until more than `count` requests have arrived.
    pub async fn more_than(&self, count: usize) {
        self.until(|requests| requests.len() > count).await;
    }

    /// Waits until the requests that have arrived are such: for code that asks again and again, and
    /// would take longer than a test may.
    pub async fn until(&self, such: impl Fn(&[Received]) -> bool) {
        let mut arrived = self.seen.arrived.subscribe();
        // The sender lives as long as `self`.
        let _ = arrived.wait_for(|_| such(&self.requests())).await;
    }

    /// Whether each request was sent when the one before it had been answered. False where there
    /// were fewer than two.
    pub fn one_by_one(&self) -> bool {
        self.most_in_flight() == 1 && self.requests().len() > 1
    }

    /// INFL: the largest number of requests that were in flight at once, from the arrival of the
    /// head to the last byte of the answer.
    pub fn most_in_flight(&self) -> usize {
        self.seen.in_flight.most()
    }

    /// Requests in flight at this moment.
    pub fn in_flight(&self) -> usize {
        self.seen.in_flight.now()
    }

    /// Waits until no request is in flight: the last byte has been handed over, or the client was
    /// seen to go. False when everything has come to rest and there still is one.
    pub async fn nothing_in_flight(&self) -> bool {
        tokio::select! {
            biased;
            () = self.seen.in_flight.none() => true,
            () = at_rest() => false,
        }
    }

    /// DROP: requests whose client went away before the last byte of the answer.
    pub fn cancelled(&self) -> usize {
        let lanes = self.seen.journal.timeline().lanes;
        let spans = lanes.iter().flat_map(|lane| &lane.spans);
        spans.filter(|span| span.how == How::Cancelled).count()
    }

    /// CONN: distinct connections accepted.
    pub fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // An error means that the server's thread has ended already.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
