//! A paused clock that is held by code that only waits.
//!
//! While something runs in `spawn_blocking`, tokio does not move a paused clock on: it might be
//! working. But it may also be waiting itself, for room in a channel say, which comes only when a
//! timer fires. Then neither ever goes on, although the code is right. So where such a clock has
//! stood still for a while and nothing happens, it is moved on by hand, a millisecond at a time:
//! timers have no finer grain, so none is overtaken.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use tokio::{runtime::Handle, time};

use crate::context::Run;

/// Right answers with such threads wait this long, once; code that works in the blocking pool is not
/// disturbed by then.
const PATIENCE: Duration = Duration::from_millis(100);

/// How long nothing has happened before the next millisecond.
const QUIET: Duration = Duration::from_millis(4);

/// Watches the paused clock of a run.
pub(crate) struct Nudge {
    runtime: Handle,
    seen: time::Instant,
    since: Instant,
    stands: bool,
}

impl Nudge {
    /// For a run whose clock is paused.
    pub(crate) fn of(run: &Run) -> Option<Self> {
        let runtime = run.journal.paused_runtime()?.clone();
        let seen = now(&runtime);
        Some(Self { runtime, seen, since: Instant::now(), stands: false })
    }

    /// Called now and then: moves the clock on if it is held, and nothing happens.
    pub(crate) fn look(&mut self, run: &Run) {
        let now = now(&self.runtime);
        // It moves by itself, or by us.
        if now != self.seen {
            (self.seen, self.since) = (now, Instant::now());
        }
        let quiet = run.rest.all_parked() && run.journal.changed().elapsed() >= QUIET;
        self.stands = quiet && (self.stands || self.since.elapsed() >= PATIENCE);
        if self.stands {
            run.nudged.store(true, Ordering::SeqCst);
            self.runtime.spawn(time::advance(Duration::from_millis(1)));
        }
    }
}

fn now(runtime: &Handle) -> time::Instant {
    let _inside = runtime.enter();
    time::Instant::now()
}
