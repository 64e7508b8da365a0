//! wiremock without its traps.
//!
//! wiremock is good for what a request looks like and how often it comes: routes, statuses, bodies,
//! counts. It cannot hold requests back, see a client go away or send half a body: that is what
//! [`Upstream`](crate::Upstream) is for.

use std::{
    io::Read,
    net::{Ipv4Addr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use serde::Serialize;
use tokio::net::TcpSocket;
pub use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers};

use crate::refusal::provided;

/// A mock server of its own for this test.
///
/// Not `MockServer::start`, which takes a server from a pool: a late request of one test could
/// reach the next one.
pub async fn start() -> MockServer {
    MockServer::builder().start().await
}

/// A mock server that answers every request with 200 and `body` as JSON.
pub async fn answering<T: Serialize>(body: &T) -> MockServer {
    let server = start().await;
    any(&server, ResponseTemplate::new(200).set_body_json(body)).await;
    server
}

/// A port of loopback that refuses every connection, for as long as this is kept.
///
/// # Panics
///
/// When the system has no port left.
pub fn refusing() -> (TcpSocket, String) {
    let socket = provided(TcpSocket::new_v4(), "a test needs a socket");
    let bound = socket.bind((Ipv4Addr::LOCALHOST, 0).into());
    provided(bound, "loopback has a free port for a test");
    let address = socket.local_addr().expect("a bound socket has an address");
    (socket, format!("http://{address}"))
}

/// A service that reads the beginning of each request, and closes the connection without an answer.
/// It goes on until the process ends.
pub struct HangsUp {
    url: String,
    connections: Arc<AtomicUsize>,
}

impl HangsUp {
    /// Starts it.
    ///
    /// # Panics
    ///
    /// When the system has no port left.
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let listener = provided(listener, "loopback has a free port for a test");
        let address = listener.local_addr().expect("a bound socket has an address");
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        thread::spawn(move || {
            for mut connection in listener.incoming().flatten() {
                count.fetch_add(1, Ordering::SeqCst);
                // Whatever comes is enough.
                let _ = connection.read(&mut [0; 1024]);
            }
        });
        Self { url: format!("http://{address}"), connections }
    }

    /// `http://127.0.0.1:PORT`, without a slash at its end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// CONN: connections accepted. The client of this process sends one request on each.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// The requests that have arrived; cancelled ones too.
pub async fn requests(server: &MockServer) -> Vec<Request> {
    server.received_requests().await.unwrap_or_default()
}

/// Answers `GET path` with `status` and `body` as JSON.
pub async fn get_json<T: Serialize>(server: &MockServer, path: &str, status: u16, body: &T) {
    get(server, path, ResponseTemplate::new(status).set_body_json(body)).await;
}

/// Answers `GET path` with 200 and `body` as it stands, under the content type of JSON.
pub async fn get_raw(server: &MockServer, path: &str, body: &str) {
    let answer = ResponseTemplate::new(200).set_body_raw(body.as_bytes(), "application/json");
    get(server, path, answer).await;
}

/// Answers every request with `answer`.
pub async fn any(server: &MockServer, answer: ResponseTemplate) {
    Mock::given(matchers::any()).respond_with(answer).mount(server).await;
}

/// Answers `GET path` with `answer`.
pub async fn get(server: &MockServer, path: &str, answer: ResponseTemplate) {
    Mock::given(matchers::method("GET"))
        .and(matchers::path(path))
        .respond_with(answer)
        .mount(server)
        .await;
}

/// The paths of the requests that have arrived, sorted; cancelled ones count too.
pub async fn paths(server: &MockServer) -> Vec<String> {
    let mut paths: Vec<String> =
        requests(server).await.iter().map(|request| request.url.path().to_owned()).collect();
    paths.sort();
    paths
}
