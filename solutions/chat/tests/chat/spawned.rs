//! It can be spawned on a multi-thread runtime, as a server would.

use std::time::Duration;

use chat::Room;

#[test]
fn in_a_task_of_a_server() {
    testkit::run_parallel(async || {
        let room = Room::new(Duration::from_secs(1));
        let router = room.router();

        let task = tokio::spawn(async move {
            let _router = router;
            room.close().await;
        });

        task.await.expect("no panic");
    });
}
