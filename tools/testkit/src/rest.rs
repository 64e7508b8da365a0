//! Whether everything in a run has come to rest.
//!
//! A gate that waits for a second call must not wait for ever when the code under test sends only
//! one, and must not give up because the machine is slow. So it does not watch the clock alone: it
//! gives up when every runtime of the run (the one of the code under test, the one of the upstream)
//! has been parked without a break for a while. A runtime that is merely short of processor time is
//! not parked.

use std::{
    future::{Future, poll_fn},
    pin::pin,
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
    /// When a thread was last parked or unparked, or the body polled.
    last_change: Mutex<Instant>,
}

/// Tasks that go round for ever move at least this often, on a loaded machine too.
const LATELY: Duration = Duration::from_millis(700);

/// What a run is doing when its time is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// Every task waits.
    Idle,
    /// Something holds a runtime's thread and does not give it back.
    Held,
    /// Tasks are run again and again, and come to no end.
    Busy,
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

    /// Watches the polls of the run's body. On a multi-thread runtime the body's thread is none of
    /// the workers: there, `apart`, it counts as awake while it polls.
    pub(crate) async fn watch_body<F: Future>(&self, apart: bool, body: F) -> F::Output {
        let mut body = pin!(body);
        poll_fn(|context| {
            self.touch();
            if apart {
                self.0.awake.fetch_add(1, Ordering::SeqCst);
            }
            let polled = body.as_mut().poll(context);
            if apart {
                self.leave(1);
            }
            polled
        })
        .await
    }

    /// What the run is doing.
    pub(crate) fn condition(&self) -> Condition {
        if self.last_change().elapsed() < LATELY {
            Condition::Busy
        } else if self.all_parked() {
            Condition::Idle
        } else {
            Condition::Held
        }
    }

    /// Forgets a runtime of `threads` threads that has ended: it was awake to the last.
    pub(crate) fn leave(&self, threads: usize) {
        self.0.awake.fetch_sub(threads, Ordering::SeqCst);
        self.touch();
    }

    /// Whether every thread of every runtime waits for an event at this moment.
    fn all_parked(&self) -> bool {
        self.0.awake.load(Ordering::SeqCst) == 0
    }

    /// How long every thread of every runtime has waited for an event without a break.
    pub(crate) fn duration(&self) -> Duration {
        if self.all_parked() { self.last_change().elapsed() } else { Duration::ZERO }
    }

    fn last_change(&self) -> Instant {
        *self.0.last_change.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn touch(&self) {
        *self.0.last_change.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}
