//! It can be spawned on a multi-thread runtime, as a server would.

use std::time::Duration;

use shutdown::Mailer;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

#[test]
fn in_a_task_of_a_server() {
    testkit::run_parallel(async || {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("loopback has a free port");
        let mailer = Mailer::new(async |_| Ok(()));
        let stop = CancellationToken::new();
        stop.cancel();

        let grace = Duration::from_secs(1);
        let serving = shutdown::serve(listener, mailer, stop, grace);
        let unsent = tokio::spawn(serving).await.expect("no panic");

        assert!(unsent.is_empty());
    });
}
