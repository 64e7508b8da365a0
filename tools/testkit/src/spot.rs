//! Code that waits on the spot: within one poll, or within a drop, where it holds the thread.
//!
//! `block_on` in a `Drop`, or in the middle of a future, hangs where time is needed that only its own
//! thread could let pass. A fake service that asks to be polled again, before it waits for time, sees
//! that coming: whatever polls it again and again within one poll of the code under test does not
//! give the thread back. The service then answers at once, and the test tells why instead of hanging.

use std::{
    cell::Cell,
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::Poll,
    time::Duration,
};

use tokio::time::sleep;

use crate::note::message_of;

thread_local! {
    /// Which poll or drop goes on here; 0 where none does.
    static SPOT: Cell<u64> = const { Cell::new(0) };
}

static LAST: AtomicU64 = AtomicU64::new(0);

/// Whatever asks for so many polls within one is a loop.
const AGAIN_AND_AGAIN: usize = 100;

/// Whether something waited on the spot for a fake service that lets time pass through this. Cheap to
/// clone.
///
/// ```
/// use std::time::Duration;
/// use testkit::spot::{Spot, watched};
///
/// testkit::run_paused(async || {
///     let (spot, minute) = (Spot::default(), Duration::from_secs(60));
///     watched(spot.takes(minute)).await;
///     assert!(!spot.was_blocked());
///
///     // It would wait for ever: the clock of this test needs the thread.
///     watched(async { futures::executor::block_on(spot.takes(minute)) }).await;
///     assert!(spot.was_blocked());
/// });
/// ```
#[derive(Clone, Default)]
pub struct Spot(Arc<AtomicBool>);

impl Spot {
    /// Lets time pass; but first it asks to be polled again. What does that on the spot, again and
    /// again, does not wait any longer.
    pub async fn takes(&self, time: Duration) {
        if is_waited_for().await {
            self.0.store(true, Ordering::SeqCst);
        } else {
            sleep(time).await;
        }
    }

    /// Whether something waited on the spot.
    pub fn was_blocked(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Awaits `future`, the code under test. Each of its polls is a spot.
pub async fn watched<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|context| within(|| future.as_mut().poll(context))).await
}

/// What became of a drop.
pub struct Dropped(Option<String>);

/// Drops what belongs to the code under test: a spot.
///
/// ```
/// struct Careless;
///
/// impl Drop for Careless {
///     fn drop(&mut self) {
///         tokio::runtime::Handle::current();
///     }
/// }
///
/// # testkit::run(async || {
/// testkit::on_a_thread(|| {
///     assert!(testkit::spot::dropped(Careless).found_no_runtime());
/// })
/// .await;
/// assert_eq!(testkit::spot::dropped(Careless).panic(), None);
/// # });
/// ```
pub fn dropped<T>(value: T) -> Dropped {
    let panic = catch_unwind(AssertUnwindSafe(|| within(|| drop(value)))).err();
    Dropped(panic.map(|panic| message_of(&*panic)))
}

impl Dropped {
    /// The first sentence of its panic.
    pub fn panic(&self) -> Option<&str> {
        self.0.as_deref().and_then(|text| text.split(". ").next())
    }

    /// Whether it panicked because tokio does not let that thread be blocked.
    pub fn tried_to_block(&self) -> bool {
        self.says("from within a runtime") || self.says("can call blocking only")
    }

    /// Whether it panicked because no runtime of tokio is there.
    pub fn found_no_runtime(&self) -> bool {
        self.says("no reactor running")
    }

    fn says(&self, words: &str) -> bool {
        self.0.as_ref().is_some_and(|text| text.contains(words))
    }
}

/// Asks to be polled again, and tells whether that happens on the spot, again and again.
async fn is_waited_for() -> bool {
    let (spot, mut left) = (SPOT.get(), AGAIN_AND_AGAIN);
    poll_fn(|context| {
        if spot == 0 || SPOT.get() != spot || left == 0 {
            return Poll::Ready(left == 0);
        }
        left -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await
}

fn within<T>(body: impl FnOnce() -> T) -> T {
    struct Over;
    impl Drop for Over {
        fn drop(&mut self) {
            SPOT.set(0);
        }
    }
    let _over = Over;
    SPOT.set(LAST.fetch_add(1, Ordering::Relaxed) + 1);
    body()
}
