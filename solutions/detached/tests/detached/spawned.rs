//! It can be spawned on a multi-thread runtime, as a server would.

use std::{num::NonZeroU16, sync::Arc};

use detached::Background;

#[test]
fn in_a_task_of_a_server() {
    testkit::run_parallel(async || {
        let jobs = Background::new(NonZeroU16::MIN, Arc::new(|_, _| {}));
        let jobs = Arc::new(jobs);
        let starts = Arc::clone(&jobs);

        let task =
            tokio::spawn(
                async move { starts.start(1, async { Ok(()) }).await },
            );

        assert_eq!(task.await.expect("no panic"), Ok(()));
        tokio::spawn(async move { jobs.close().await }).await.expect("closed");
    });
}
