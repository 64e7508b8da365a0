//! POLL: futures polled by hand and dropped at an await of the test's choice.
//!
//! [`task::spawn`], [`assert_pending!`] and [`assert_ready!`] are tokio-test's, re-exported so that
//! a spec needs no further dependency.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use futures::{FutureExt, future::poll_immediate, task::noop_waker};
use tokio::time::sleep;
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

/// Lets each task of a current-thread runtime that is ready run once, and this so often. tokio's
/// `yield_now` is coarser: it lets them run until all of them wait.
pub async fn turns(count: usize) {
    let mut left = count;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Awaits `future` until it has been polled so often, as its own wake-ups ask. Gives its output if it
/// was ready by then; otherwise it waits where it is, to be dropped there.
///
/// ```
/// use testkit::poll;
///
/// testkit::run(async || {
///     let mut two_awaits = Box::pin(async {
///         tokio::task::yield_now().await;
///         tokio::task::yield_now().await;
///         "done"
///     });
///     assert_eq!(poll::await_for(2, &mut two_awaits).await, None);
///     assert_eq!(poll::await_for(1, &mut two_awaits).await, Some("done"));
/// });
/// ```
pub async fn await_for<F: Future + Unpin>(polls: usize, future: &mut F) -> Option<F::Output> {
    let mut polled = 0;
    poll_fn(|context| {
        polled += 1;
        match future.poll_unpin(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if polled >= polls => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Polls `future` at most `polls` times, `step` apart, and leaves it where it is then: so it can be
/// dropped at each of its awaits on a paused clock, where the time that it waits for passes as well.
///
/// ```
/// use std::{pin::pin, time::Duration};
/// use testkit::poll;
/// use tokio::time::sleep;
///
/// testkit::run_paused(async || {
///     let step = Duration::from_millis(5);
///     let mut nap = pin!(sleep(step * 3));
///     assert_eq!(poll::advance(3, step, &mut nap).await, None);
///     assert_eq!(poll::advance(1, step, &mut nap).await, Some(()));
/// });
/// ```
pub async fn advance<F: Future + Unpin>(
    polls: usize,
    step: Duration,
    future: &mut F,
) -> Option<F::Output> {
    for _ in 0..polls {
        if let Some(output) = poll_immediate(&mut *future).await {
            return Some(output);
        }
        sleep(step).await;
    }
    None
}

/// Awaits `future`, and tells how long the longest of its polls took. On a busy machine one poll may
/// be interrupted for a while: only where each of several calls has a long one does the code hold
/// its thread.
pub async fn longest_poll<F: Future>(future: F) -> (F::Output, Duration) {
    let (mut future, mut longest) = (pin!(future), Duration::ZERO);
    let output = poll_fn(|context| {
        let began = Instant::now();
        let polled = future.as_mut().poll(context);
        longest = longest.max(began.elapsed());
        polled
    })
    .await;
    (output, longest)
}

/// What came of polling by hand: see [`poll_as`].
#[derive(Debug, PartialEq, Eq)]
pub enum Polled<T> {
    /// It was ready.
    Ready(T),
    /// It waits, and nothing wakes the task any more.
    Waits,
    /// The task was woken again and again, and it was never ready.
    WokenForNothing,
}

/// Polls `future` as `task`, by hand, whenever the task is woken, until `under_way` says that what
/// it waits for is, and nothing wakes the task any more. Then the future is given up.
///
/// ```
/// use testkit::poll::{Polled, poll_as, task};
///
/// testkit::run(async || {
///     let mut task = task::spawn(());
///     let waits = std::future::pending::<()>();
///     assert_eq!(poll_as(&mut task, waits, || true).await, Polled::Waits);
///
///     let busy = std::future::poll_fn(|context| {
///         context.waker().wake_by_ref();
///         std::task::Poll::<()>::Pending
///     });
///     assert_eq!(poll_as(&mut task, busy, || true).await, Polled::WokenForNothing);
/// });
/// ```
pub async fn poll_as<F: Future>(
    task: &mut task::Spawn<()>,
    future: F,
    under_way: impl Fn() -> bool,
) -> Polled<F::Output> {
    let mut future = pin!(future);
    // A request wakes whoever sends it only a few times.
    for _ in 0..30 {
        if let Poll::Ready(output) = task.enter(|context, _| future.as_mut().poll(context)) {
            return Polled::Ready(output);
        }
        for _ in 0..PATIENCE {
            if task.is_woken() || under_way() {
                break;
            }
            sleep(A_LOOK).await;
        }
        sleep(A_MOMENT).await;
        if !task.is_woken() {
            return Polled::Waits;
        }
    }
    Polled::WokenForNothing
}

/// How long what is waited for may take to get under way: so many looks.
const PATIENCE: u32 = 1000;

const A_LOOK: Duration = Duration::from_millis(1);

/// Long enough for what is about to wake a task to do so, on a machine that has time; and for a
/// task that is woken every few milliseconds to be seen.
const A_MOMENT: Duration = Duration::from_millis(12);
