//! How a test waits: for time to pass, or for something to come within a time.

use std::time::Duration;

use tokio::time::sleep;

use crate::calls::CallLog;

/// Lets so many milliseconds pass. testkit knows of it, so that a paused clock which is held by
/// blocking work is moved on to it.
pub async fn later(millis: u64) {
    let time = CallLog::undrawn().begin("time");
    time.takes(millis).await;
    time.finish();
}

/// What comes within so many milliseconds. What comes at that very moment counts.
///
/// ```
/// use testkit::wait::{later, within};
///
/// testkit::run_paused(async || {
///     let seven = async |millis| {
///         later(millis).await;
///         7
///     };
///     assert_eq!(within(20, seven(10)).await, Some(7));
///     assert_eq!(within(20, seven(30)).await, None);
/// });
/// ```
pub async fn within<T>(millis: u64, future: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        got = future => Some(got),
        () = later(millis) => None,
    }
}

/// Whether `future` is over before `rest`, as [`at_rest`](crate::at_rest()) is, or a sleep.
pub async fn is_over(future: impl Future, rest: impl Future) -> bool {
    tokio::select! {
        biased;
        _ = future => true,
        _ = rest => false,
    }
}

/// Waits until it is so; for half a second of the clock at most, where that means never.
pub async fn until(is_so: impl AsyncFn() -> bool) {
    for _ in 0..100 {
        if is_so().await {
            return;
        }
        sleep(Duration::from_millis(5)).await;
    }
}
