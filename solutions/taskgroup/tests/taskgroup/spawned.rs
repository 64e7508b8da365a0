//! The call in a task, on a runtime of several threads.

use taskgroup::run_all;
use tokio::task::yield_now;

#[test]
fn it_can_be_spawned() {
    testkit::run_parallel(async || {
        let jobs = [1, 2, 3].map(|value| async move {
            yield_now().await;
            Ok::<u32, String>(value)
        });
        let call = tokio::spawn(run_all(jobs.into()));
        let values = call.await.expect("it returns").expect("no job fails");
        assert_eq!(values, [1, 2, 3]);
    });
}
