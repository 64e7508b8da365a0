//! POLL: futures polled by hand and dropped at an await of the test's choice.
//!
//! [`task::spawn`], [`assert_pending!`] and [`assert_ready!`] are tokio-test's, re-exported so that
//! a spec needs no further dependency.

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll},
};

use futures::task::noop_waker;
pub use tokio_test::{assert_pending, assert_ready, task};

/// Polls `future` at most `polls` times, letting the runtime's other tasks run in between, and then
/// drops it where it stands. Gives its output if it was ready by then.
///
/// With `polls` from 1 upwards, this cuts a future at every point where it can be cancelled:
///
/// ```
/// use testkit::poll;
///
/// testkit::run(async || {
///     let two_awaits = || async {
///         tokio::task::yield_now().await;
///         tokio::task::yield_now().await;
///         "done"
///     };
///     assert_eq!(poll::cut_after(1, two_awaits()).await, None);
///     assert_eq!(poll::cut_after(2, two_awaits()).await, None);
///     assert_eq!(poll::cut_after(3, two_awaits()).await, Some("done"));
/// });
/// ```
pub async fn cut_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let waker = noop_waker();
    let mut future = pin!(future);
    for _ in 0..polls {
        let mut context = Context::from_waker(&waker);
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Some(output);
        }
        tokio::task::yield_now().await;
    }
    None
}
