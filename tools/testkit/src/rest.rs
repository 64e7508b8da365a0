//! Whether everything in a run has come to rest.
//!
//! A gate that waits for a second call must not wait for ever when the code under test sends only
//! one, and must not give up because the machine is slow. So it does not watch the clock alone: it
//! gives up when every runtime of the run (the one of the code under test, the one of the upstream)
//! has been parked without a break for a while. A runtime that is merely short of processor time is
//! not parked.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::runtime::Builder;

#[derive(Clone)]
pub(crate) struct Rest(Arc<Inner>);

struct Inner {
    /// Threads of runtimes that are not parked.
    awake: AtomicUsize,
    last_change: Mutex<Instant>,
}

impl Rest {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Inner {
            awake: AtomicUsize::new(0),
            last_change: Mutex::new(Instant::now()),
        }))
    }

    /// Makes the runtime that `builder` builds report when its `threads` threads park.
    pub(crate) fn watch(&self, builder: &mut Builder, threads: usize) {
        self.0.awake.fetch_add(threads, Ordering::SeqCst);
        let (parks, unparks) = (self.clone(), self.clone());
        builder.on_thread_park(move || {
            parks.0.awake.fetch_sub(1, Ordering::SeqCst);
            parks.touch();
        });
        builder.on_thread_unpark(move || {
            unparks.0.awake.fetch_add(1, Ordering::SeqCst);
            unparks.touch();
        });
    }

    /// Forgets a runtime of `threads` threads that has ended: it was awake to the last.
    pub(crate) fn leave(&self, threads: usize) {
        self.0.awake.fetch_sub(threads, Ordering::SeqCst);
        self.touch();
    }

    /// Whether every thread of every runtime waits for an event at this moment.
    pub(crate) fn all_parked(&self) -> bool {
        self.0.awake.load(Ordering::SeqCst) == 0
    }

    /// How long every thread of every runtime has waited for an event without a break.
    pub(crate) fn duration(&self) -> Duration {
        let last_change = *self.0.last_change.lock().unwrap_or_else(PoisonError::into_inner);
        if self.all_parked() { last_change.elapsed() } else { Duration::ZERO }
    }

    fn touch(&self) {
        *self.0.last_change.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}
