//! What the page on shutting down says of axum, hyper and tokio: what a graceful shutdown waits for,
//! what outlives it, and what keeps a process.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
        mpsc,
    },
    thread,
};

use axum::{Router, body::Body, routing::get};
use futures::stream;
use testkit::memory::{Connection, Door, listen};
use tokio::{
    io::DuplexStream,
    runtime::Runtime,
    sync::{Notify, oneshot},
    task::JoinHandle,
    time::{Duration, sleep, timeout},
};

const MOMENT: Duration = Duration::from_millis(10);

const GET: &str = "GET / HTTP/1.1\r\nhost: memory\r\n\r\n";

const FOLLOW: &str = "GET /follow HTTP/1.1\r\nhost: memory\r\n\r\n";

const SLOW: &str = "GET /slow HTTP/1.1\r\nhost: memory\r\n\r\n";

/// A server that shuts down gracefully.
struct Server {
    door: Door,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
    /// Whether the slow handler has come to its end.
    answered: Arc<AtomicBool>,
    go_on: Arc<Notify>,
}

impl Server {
    fn start() -> Self {
        let (door, listener) = listen();
        let (stop, stopped) = oneshot::channel::<()>();
        let (answered, go_on) =
            (Arc::new(AtomicBool::new(false)), Arc::new(Notify::new()));
        let (at_end, gate) = (answered.clone(), go_on.clone());
        let slow = move || async move {
            gate.notified().await;
            at_end.store(true, SeqCst);
            "late"
        };
        let endless = async || {
            Body::from_stream(stream::pending::<Result<&str, Infallible>>())
        };
        let router = Router::new()
            .route("/", get(async || "hello"))
            .route("/slow", get(slow))
            .route("/follow", get(endless));
        let serving = tokio::spawn(async move {
            let signal = async {
                let _ = stopped.await;
            };
            let _ = axum::serve(listener, router)
                .with_graceful_shutdown(signal)
                .await;
        });
        Self {
            door,
            stop: Some(stop),
            serving,
            answered,
            go_on,
        }
    }

    async fn connection(&self, sends: &str) -> Connection<DuplexStream> {
        let mut connection = self.door.connect().expect("it listens");
        connection.send(sends).await;
        sleep(MOMENT).await;
        connection
    }

    fn stop(&mut self) {
        drop(self.stop.take());
    }

    /// Whether it ends within a day.
    async fn ends(&mut self) -> bool {
        self.stop();
        timeout(Duration::from_hours(24), &mut self.serving)
            .await
            .is_ok()
    }
}

#[tokio::test(start_paused = true)]
async fn idle_connections_do_not_hold_a_graceful_shutdown_up() {
    let mut server = Server::start();
    let _silent = server.connection("").await;
    let mut answered = server.connection(GET).await;
    assert_eq!(answered.status().await, Some(200));

    assert!(server.ends().await);
    answered.ends().await;
}

#[tokio::test(start_paused = true)]
async fn half_a_request_holds_it_up() {
    let mut server = Server::start();
    let _half = server.connection(&GET[..20]).await;

    assert!(!server.ends().await);
}

#[tokio::test(start_paused = true)]
async fn a_response_without_an_end_holds_it_up() {
    let mut server = Server::start();
    let mut follower = server.connection(FOLLOW).await;
    assert_eq!(follower.status().await, Some(200));

    assert!(!server.ends().await);
}

#[tokio::test(start_paused = true)]
async fn a_request_under_way_is_answered_and_its_connection_closed() {
    let mut server = Server::start();
    let mut slow = server.connection(SLOW).await;
    server.stop();
    sleep(MOMENT).await;
    assert!(server.door.connect().is_none(), "nothing new is accepted");
    assert!(!server.serving.is_finished());

    server.go_on.notify_one();
    let head = slow.until("\r\n\r\n").await.expect("an answer");
    assert!(
        head.contains("200 OK") && head.contains("connection: close"),
        "{head}"
    );
    assert!(server.ends().await);
}

#[tokio::test(start_paused = true)]
async fn connections_outlive_the_future_of_their_server() {
    let mut server = Server::start();
    let _slow = server.connection(SLOW).await;
    server.serving.abort();
    assert!(
        (&mut server.serving)
            .await
            .is_err_and(|error| error.is_cancelled())
    );

    server.go_on.notify_one();
    sleep(MOMENT).await;
    assert!(server.answered.load(SeqCst), "the handler went on");
}

#[test]
fn a_runtime_that_is_dropped_waits_for_blocking_work() {
    // Whether the work has come to its end when the runtime has.
    let work_ends = |end: fn(Runtime)| {
        let runtime = Runtime::new().expect("a runtime");
        let ended = Arc::new(AtomicBool::new(false));
        let (ends, (begun, begins)) = (ended.clone(), mpsc::channel());
        runtime.spawn_blocking(move || {
            let _ = begun.send(());
            thread::sleep(20 * MOMENT);
            ends.store(true, SeqCst);
        });
        begins.recv().expect("it begins");
        end(runtime);
        ended.load(SeqCst)
    };

    assert!(work_ends(drop));
    assert!(!work_ends(|runtime| runtime.shutdown_timeout(MOMENT)));
}

#[test]
fn a_runtime_that_is_dropped_drops_its_tasks() {
    let ended = Arc::new(AtomicBool::new(false));
    let runtime = Runtime::new().expect("a runtime");
    let ends = ended.clone();
    runtime.spawn(async move {
        sleep(Duration::from_hours(1)).await;
        ends.store(true, SeqCst);
    });

    drop(runtime);

    assert!(!ended.load(SeqCst));
    assert_eq!(Arc::strong_count(&ended), 1, "the task was dropped");
}

#[cfg(unix)]
#[tokio::test]
async fn once_it_is_listened_to_a_signal_does_not_end_the_process() {
    use std::process::{Command, id};

    use tokio::signal::unix::{SignalKind, signal};

    // Not SIGTERM, which others of this process may wait for.
    let kind = SignalKind::user_defined1();
    let kill = || {
        let kill = format!("kill -USR1 {}", id());
        Command::new("sh")
            .args(["-c", &kill])
            .status()
            .expect("a shell has `kill`");
    };
    let mut first = signal(kind).expect("it can be listened to");
    kill();
    first.recv().await.expect("it came");
    drop(first);

    // Nothing listens any more. Its default would be to end the process.
    kill();
    sleep(MOMENT).await;
}
