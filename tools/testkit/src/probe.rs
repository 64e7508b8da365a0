//! Small instruments that a test hands to the code under test, or holds beside it.

use std::{
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread::{self, ThreadId},
    time::Duration,
};

use tokio::{runtime::Handle, sync::Notify, time::Instant};

use crate::{context::Run, fair_clock::Limit};

/// INFL: how many calls are in flight, and the most there ever were.
#[derive(Clone, Default)]
pub struct InFlight(Arc<Counts>);

#[derive(Default)]
struct Counts {
    now: AtomicUsize,
    most: AtomicUsize,
    ever: AtomicUsize,
    left: Notify,
}

/// One call in flight, from [`InFlight::enter`] until it is dropped.
#[must_use = "the call counts as in flight only while this is held"]
pub struct Entered(Arc<Counts>);

impl InFlight {
    /// Counts one more call until the returned guard is dropped.
    pub fn enter(&self) -> Entered {
        let now = self.0.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.most.fetch_max(now, Ordering::SeqCst);
        self.0.ever.fetch_add(1, Ordering::SeqCst);
        Entered(Arc::clone(&self.0))
    }

    /// Calls in flight at this moment.
    pub fn now(&self) -> usize {
        self.0.now.load(Ordering::SeqCst)
    }

    /// The largest number of calls that were in flight at once.
    pub fn most(&self) -> usize {
        self.0.most.load(Ordering::SeqCst)
    }

    /// Calls that were ever made.
    pub fn ever(&self) -> usize {
        self.0.ever.load(Ordering::SeqCst)
    }

    /// Waits until no call is in flight.
    pub async fn none(&self) {
        loop {
            // Made before the count is read, it hears of every call that ends after that.
            let left = self.0.left.notified();
            if self.now() == 0 {
                return;
            }
            left.await;
        }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::SeqCst);
        self.0.left.notify_waiters();
    }
}

/// TID: remembers the thread that it was made on, so that synchronous code can tell whether it runs
/// on that one. Made in the body of [`run()`](crate::run()), it is the runtime's only thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuntimeThread(ThreadId);

impl RuntimeThread {
    /// Remembers this thread.
    pub fn here() -> Self {
        Self(thread::current().id())
    }

    /// Whether the caller runs on the remembered thread, where blocking stops every task.
    pub fn is_here(self) -> bool {
        self.0 == thread::current().id()
    }
}

/// RDV: synchronous code waits for a sign that only a sibling task can give. If the synchronous
/// code holds the thread that the sibling needs, the sign never comes.
#[derive(Clone, Default)]
pub struct Rendezvous(Arc<(Mutex<bool>, Condvar)>);

impl Rendezvous {
    /// Gives the sign; called by the sibling task.
    pub fn signal(&self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.1.notify_all();
    }

    /// Blocks this thread until the sign is given; false when `limit` has passed without it. The
    /// limit means "never": choose it generously, well below the watchdog's four seconds. On a thread
    /// of a run, time that the run did not have because the machine was busy does not count.
    pub fn wait(&self, limit: Duration) -> bool {
        let limit = Limit::of(limit);
        let mut given = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        while !*given && let Some(left) = limit.left() {
            (given, _) = self.0.1.wait_timeout(given, left).unwrap_or_else(PoisonError::into_inner);
        }
        *given
    }
}

/// VT: elapsed time on the runtime's clock. Under a paused clock it is exact: equal on every
/// machine, to the millisecond.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts at zero.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Whole milliseconds since the start. tokio's timers have no finer grain.
    pub fn millis(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// ALIVE: tasks of this runtime that have been spawned and have not ended. The test's own body is
/// not one of them.
///
/// # Panics
///
/// Outside a runtime.
pub fn alive_tasks() -> usize {
    let runtime = Handle::current();
    let own = Run::find().map_or(0, |run| run.own_tasks(&runtime));
    runtime.metrics().num_alive_tasks().saturating_sub(own)
}

/// Whether that is so within `limit`, which means "never"; holds this thread, which is not the
/// runtime's.
pub fn comes_true(limit: Duration, is_so: impl Fn() -> bool) -> bool {
    let limit = Limit::of(limit);
    while !is_so() && limit.left().is_some() {
        thread::sleep(Duration::from_millis(1));
    }
    is_so()
}

/// Threads of this process at this moment; `None` where the system does not tell (it is read from
/// `/proc`, so on Linux only). Tests run side by side in one process, so a few threads more or less
/// say nothing: look for a difference of hundreds.
pub fn threads() -> Option<usize> {
    Some(std::fs::read_dir("/proc/self/task").ok()?.count())
}
