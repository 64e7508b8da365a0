//! A paused clock that is held by code that only waits.
//!
//! While something runs in `spawn_blocking`, tokio does not move a paused clock on: it might be
//! working. But it may also be waiting itself, for room in a channel say, which comes only when a
//! timer fires. Then neither ever goes on, although the code is right. So where such a clock has
//! stood still for a while and nothing happens, it is moved on by hand, a millisecond at a time:
//! timers have no finer grain, so none is overtaken.

use std::{sync::atomic::Ordering, time::Duration};

use tokio::{runtime::Handle, task::JoinHandle, time};

use crate::context::Run;

/// How long nothing has been journaled before the next millisecond.
const QUIET: Duration = Duration::from_millis(4);

/// After so many looks at a clock that stands still it is held. Looks are some milliseconds apart,
/// and further on a machine that is short of time.
const HELD: u32 = 25;

/// Watches the paused clock of a run.
pub(crate) struct Nudge {
    runtime: Handle,
    at: time::Instant,
    looks: u32,
    /// The last millisecond, until it has passed.
    moving: Option<JoinHandle<()>>,
}

impl Nudge {
    /// For a run whose clock is paused.
    pub(crate) fn of(run: &Run) -> Option<Self> {
        let runtime = run.journal.paused_runtime()?.clone();
        let at = now(&runtime);
        Some(Self { runtime, at, looks: 0, moving: None })
    }

    /// Called now and then: moves the clock on if it is held, and nothing happens.
    pub(crate) fn look(&mut self, run: &Run) {
        if self.moving.as_ref().is_some_and(|moving| !moving.is_finished()) {
            return;
        }
        let now = now(&self.runtime);
        if self.moving.take().is_some() {
            // By us: it is as held as before.
            self.at = now;
            return;
        }
        let quiet = run.rest.all_parked() && run.journal.changed().elapsed() >= QUIET;
        self.looks = if now == self.at && quiet { self.looks + 1 } else { 0 };
        self.at = now;
        if self.looks >= HELD {
            run.nudged.store(true, Ordering::SeqCst);
            // What happens by it is waited for; the rest of the looks stay counted.
            self.looks = HELD - 1;
            self.moving = Some(self.runtime.spawn(time::advance(Duration::from_millis(1))));
        }
    }
}

fn now(runtime: &Handle) -> time::Instant {
    let _inside = runtime.enter();
    time::Instant::now()
}
