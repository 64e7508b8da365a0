//! What "How the tests see" shows of tests in a project of one's own: tokio alone, no testkit.

use std::{future::pending, time::Duration};

use futures::future::join_all;
use tokio::{
    sync::{Barrier, oneshot},
    time::timeout,
};

/// Longer than any call: on a paused clock it passes when nothing else can happen.
const NEVER: Duration = Duration::from_hours(1);

/// The code under test. It takes what it calls as an argument, so that a test can pass its own.
async fn fetch_all(ids: &[u32], fetch: impl AsyncFn(u32) -> u32) -> Vec<u32> {
    join_all(ids.iter().map(|&id| fetch(id))).await
}

/// A wrong version of it.
async fn fetch_one_by_one(
    ids: &[u32],
    fetch: impl AsyncFn(u32) -> u32,
) -> Vec<u32> {
    let mut answers = Vec::new();
    for &id in ids {
        answers.push(fetch(id).await);
    }
    answers
}

#[tokio::test(start_paused = true)]
async fn makes_its_calls_together() {
    // No call passes the barrier until three are waiting at it.
    let gate = Barrier::new(3);
    let fetch = async |id| {
        gate.wait().await;
        id * 10
    };
    let answers = timeout(NEVER, fetch_all(&[1, 2, 3], fetch)).await;
    assert_eq!(
        answers.expect("three calls in flight together"),
        [10, 20, 30]
    );
}

#[tokio::test(start_paused = true)]
async fn drops_its_call_at_the_limit() {
    // The sender is dropped with the call that owns it; the receiver sees it.
    let (alive, dropped) = oneshot::channel::<()>();
    let call = async move {
        let _alive = alive;
        pending::<()>().await;
    };
    let result = timeout(Duration::from_secs(5), call).await;
    assert!(result.is_err());
    assert!(dropped.await.is_err(), "the call has been dropped");
}

#[tokio::test(start_paused = true)]
async fn the_first_of_these_tests_refuses_one_call_after_another() {
    let gate = Barrier::new(3);
    let fetch = async |id| {
        gate.wait().await;
        id * 10
    };
    assert!(
        timeout(NEVER, fetch_one_by_one(&[1, 2, 3], fetch))
            .await
            .is_err()
    );
}
