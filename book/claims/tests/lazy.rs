//! What the page on lazy futures says of calls that work before they are polled, and of some that do
//! not.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::{FutureExt as _, future::join_all};
use tokio::{
    task::yield_now,
    time::{Duration, advance, sleep, timeout},
};

#[tokio::test(start_paused = true)]
async fn the_clock_of_sleep_and_timeout_starts_at_the_call() {
    let slept = sleep(Duration::from_millis(50));
    let limited =
        timeout(Duration::from_millis(50), std::future::pending::<()>());
    advance(Duration::from_millis(60)).await;
    assert!(slept.now_or_never().is_some(), "ready at once");
    assert!(
        limited.now_or_never().is_some_and(|it| it.is_err()),
        "over at once"
    );
}

#[tokio::test]
async fn spawn_hands_over_its_task_and_join_all_polls_nothing() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let call = || async { CALLS.fetch_add(1, Ordering::SeqCst) };

    let unpolled = join_all([call(), call()]);
    yield_now().await;
    assert_eq!(CALLS.load(Ordering::SeqCst), 0);
    drop(unpolled);

    let handle = tokio::spawn(call());
    yield_now().await;
    assert_eq!(CALLS.load(Ordering::SeqCst), 1);
    drop(handle);
}
