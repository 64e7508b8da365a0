//! The call in a task, on a runtime of several threads.

use outcomes::{Snapshot, back_up_all};

#[test]
fn it_can_be_spawned() {
    testkit::run_parallel(async || {
        let start = |database: &str| {
            let snapshot = Snapshot(database.to_owned());
            tokio::spawn(async move { Ok(snapshot) })
        };
        let call = tokio::spawn(async move {
            let databases = ["orders", "users"].map(str::to_owned);
            back_up_all(start, &databases).await
        });
        let wanted = ["orders", "users"].map(|name| Snapshot(name.to_owned()));
        assert_eq!(call.await.expect("it returns"), Ok(wanted.to_vec()));
    });
}
