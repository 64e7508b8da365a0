//! A paused clock that is held by code that only waits.
//!
//! While something runs in `spawn_blocking`, tokio does not move a paused clock on: it might be
//! working. But it may also be waiting itself, for room in a channel say, which comes only when a
//! timer fires. Then neither ever goes on, although the code is right. So where such a clock has
//! stood still for a while and nothing happens, it is moved on by hand: to the moment at which a
//! fake service will answer, or by a millisecond where none is known. Timers have no finer grain.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use tokio::{runtime::Handle, task::JoinHandle, time};

use crate::{context::Run, rest::now_in};

const A_MILLISECOND: Duration = Duration::from_millis(1);

/// So many steps into the dark bring something, or nothing will.
const BLIND: u32 = 60;

/// How long nothing has been journaled before the next millisecond.
const QUIET: Duration = Duration::from_millis(4);

/// After so many looks at a clock that stands still it is held. Looks are some milliseconds apart,
/// and further on a machine that is short of time.
const HELD: u32 = 25;

/// Whether the paused clock of this run has ever been moved on by hand: because something runs in
/// `spawn_blocking`, or because the runtime's thread was kept from running for long. What happened
/// when is then not exact.
///
/// # Panics
///
/// Outside a run.
pub fn clock_was_nudged() -> bool {
    Run::current().ever_nudged.load(Ordering::SeqCst)
}

/// Watches the paused clock of a run.
pub(crate) struct Nudge {
    runtime: Handle,
    at: time::Instant,
    looks: u32,
    /// The last step, until it is done.
    moving: Option<JoinHandle<()>>,
    /// Steps into the dark since something was journaled, and when that was.
    blind: u32,
    changed: Instant,
}

impl Nudge {
    /// For a run whose clock is paused.
    pub(crate) fn of(run: &Run) -> Option<Self> {
        let runtime = run.journal.paused_runtime()?.clone();
        let at = now_in(&runtime);
        let changed = Instant::now();
        Some(Self { runtime, at, looks: 0, moving: None, blind: 0, changed })
    }

    /// Called now and then: moves the clock on if it is held, and nothing happens.
    pub(crate) fn look(&mut self, run: &Run) {
        if self.moving.as_ref().is_some_and(|moving| !moving.is_finished()) {
            return;
        }
        let now = now_in(&self.runtime);
        if self.moving.take().is_some() {
            // By us: it is as held as before.
            self.at = now;
            return;
        }
        if run.journal.changed() != self.changed {
            (self.changed, self.blind) = (run.journal.changed(), 0);
        }
        if now != self.at {
            // It moves by itself after all.
            run.nudged.store(false, Ordering::SeqCst);
        }
        let quiet = run.rest.all_parked() && run.journal.changed().elapsed() >= QUIET;
        self.looks = if now == self.at && quiet { self.looks + 1 } else { 0 };
        self.at = now;
        if self.looks < HELD {
            return;
        }
        let step = match run.next_after(now) {
            Some(next) => next - now,
            None if self.blind < BLIND => {
                self.blind += 1;
                A_MILLISECOND
            }
            // Nothing is left that the clock could bring.
            None => return,
        };
        run.nudged.store(true, Ordering::SeqCst);
        run.ever_nudged.store(true, Ordering::SeqCst);
        // What happens by it is waited for; the rest of the looks stay counted.
        self.looks = HELD - 1;
        self.moving = Some(self.runtime.spawn(time::advance(step)));
    }
}
