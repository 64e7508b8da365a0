//! How a test waits: for time to pass, or for something to come within a time.

use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use crate::context::Run;

/// Lets so much time pass. testkit knows of it, so that a paused clock which is held by blocking work
/// is moved on to its end.
pub async fn pause(time: Duration) {
    let end = Instant::now() + time;
    if let Some(run) = Run::find() {
        run.expect_at(end);
    }
    sleep_until(end).await;
}

/// Lets so many milliseconds pass, as [`pause`] does. No timer is set where there are none.
pub async fn later(millis: u64) {
    if millis > 0 {
        pause(Duration::from_millis(millis)).await;
    }
}

/// What `future` comes to, unless `rest` is over before that, such as [`at_rest`](crate::at_rest())
/// or a sleep. What comes at that very moment counts.
pub async fn before<T>(future: impl Future<Output = T>, rest: impl Future) -> Option<T> {
    tokio::select! {
        biased;
        output = future => Some(output),
        _ = rest => None,
    }
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
    before(future, later(millis)).await
}

/// Whether `future` is over before `rest`: see [`before`].
pub async fn is_over(future: impl Future, rest: impl Future) -> bool {
    before(future, rest).await.is_some()
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
