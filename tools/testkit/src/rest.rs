//! Whether everything in a run has come to rest.
//!
//! A gate that waits for a second call must not wait for ever when the code under test sends only
//! one, and must not give up because the machine is slow. So it does not watch the clock alone: it
//! gives up when every runtime of the run (the one of the code under test, the one of the upstream)
//! has been parked without a break for a while. A runtime that is merely short of processor time is
//! not parked, or its thread has something to do (see [`Threads`](crate::threads::Threads)).

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use tokio::{
    runtime::{Builder, Handle},
    time,
};

use crate::awake_count::AwakeCount;

#[derive(Clone)]
pub(crate) struct Rest(Arc<Inner>);

struct Inner {
    /// The threads of runtimes that are not parked.
    awake: AwakeCount<Instant>,
    /// Whether the run's body has been polled.
    begun: AtomicBool,
    /// Whether it has ended, in whatever way.
    over: AtomicBool,
}

/// Tasks that go round for ever move at least this often, on a loaded machine too.
const LATELY: Duration = Duration::from_millis(700);

/// How often that is looked at.
const A_LOOK: Duration = Duration::from_millis(10);

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

/// Notes that the body has ended, also by a panic.
struct Over<'a>(&'a AtomicBool);

impl Rest {
    pub(crate) fn new() -> Self {
        let awake = AwakeCount::new(Instant::now());
        Self(Arc::new(Inner { awake, begun: AtomicBool::default(), over: AtomicBool::default() }))
    }

    /// Makes the runtime that `builder` builds report when its `threads` threads park.
    pub(crate) fn watch(&self, builder: &mut Builder, threads: usize) {
        self.0.awake.add(threads);
        let (parks, unparks) = (self.clone(), self.clone());
        builder.on_thread_park(move || parks.leave(1));
        builder.on_thread_unpark(move || unparks.0.awake.wake(Instant::now()));
    }

    /// Watches the polls of the run's body. On a multi-thread runtime the body's thread is none of
    /// the workers: there, `apart`, it counts as awake while it polls.
    pub(crate) async fn watch_body<F: Future>(&self, apart: bool, body: F) -> F::Output {
        let _over = Over(&self.0.over);
        let mut body = pin!(body);
        poll_fn(|context| {
            if apart {
                self.0.awake.wake(Instant::now());
            } else {
                self.0.awake.touch(Instant::now());
            }
            self.0.begun.store(true, Ordering::SeqCst);
            let polled = body.as_mut().poll(context);
            if apart {
                self.leave(1);
            }
            polled
        })
        .await
    }

    /// Whether the run's body has been polled.
    pub(crate) fn has_begun(&self) -> bool {
        self.0.begun.load(Ordering::SeqCst)
    }

    /// Whether the run's body has ended.
    pub(crate) fn body_is_over(&self) -> bool {
        self.0.over.load(Ordering::SeqCst)
    }

    /// What the run is doing. Work that has come to a standstill just now looks like work that goes
    /// on, so it is looked at again for a moment.
    pub(crate) fn condition(&self) -> Condition {
        let changed = self.last_change();
        while changed.elapsed() < LATELY && self.last_change() == changed {
            thread::sleep(A_LOOK);
        }
        if self.last_change() != changed {
            Condition::Busy
        } else if self.all_parked() {
            Condition::Idle
        } else {
            Condition::Held
        }
    }

    /// So many threads that were awake are not any more: they park, or their runtime has ended.
    pub(crate) fn leave(&self, threads: usize) {
        self.0.awake.leave(threads, Instant::now());
    }

    /// How often every thread of every runtime has been parked at once.
    pub(crate) fn rests(&self) -> usize {
        self.0.awake.rests()
    }

    /// Since when every thread of every runtime has waited for an event; `None` while one does not.
    pub(crate) fn parked_since(&self) -> Option<Instant> {
        self.0.awake.quiet_since()
    }

    /// Whether every thread of every runtime waits for an event at this moment.
    pub(crate) fn all_parked(&self) -> bool {
        self.0.awake.is_quiet()
    }

    /// When a thread was last parked or unparked, or the body polled.
    pub(crate) fn last_change(&self) -> Instant {
        self.0.awake.last_change()
    }
}

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// The time on the clock of `runtime`.
pub(crate) fn now_in(runtime: &Handle) -> time::Instant {
    let _inside = runtime.enter();
    time::Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_just_come_to_a_standstill_is_not_busy() {
        let rest = Rest::new();
        rest.0.awake.touch(Instant::now());
        assert_eq!(rest.condition(), Condition::Idle);
    }
}
