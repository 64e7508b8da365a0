//! The call in a task, on a runtime of several threads.

use outcomes::{Snapshot, back_up_all};

#[test]
fn it_can_be_spawned() {
    testkit::run_parallel(async || {
        let start = |id: u64| {
            tokio::spawn(async move { Ok(Snapshot(format!("db {id}"))) })
        };
        let call =
            tokio::spawn(async move { back_up_all(start, &[4, 2]).await });
        let wanted = [4, 2].map(|id| (id, Snapshot(format!("db {id}"))));
        assert_eq!(call.await.expect("it returns"), Ok(wanted.into()));
    });
}
