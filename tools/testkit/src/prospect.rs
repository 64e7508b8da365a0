//! What would still come of a run that its watchdog has given up.
//!
//! After four seconds without an event a test is over, and its verdict has to say why. That every
//! task waits does not mean that nothing comes: a timer may be left, and then the code is slow, and
//! not stuck. So the clock of the run is paused, if it is not, and moved on: a paused clock jumps
//! from timer to timer, and what would take minutes takes milliseconds. The verdict then says what
//! was seen. What happens in the run from here on is not drawn.

use std::{
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use tokio::{
    runtime::{Handle, RuntimeFlavor},
    time,
};

use crate::{context::Run, rest::now_in};

/// How long the clock is left to jump from timer to timer, and then how long what follows on the last
/// jump is waited for. Both are real time.
const A_MOMENT: Duration = Duration::from_millis(150);

/// A runtime's thread may be kept from running for so long, on a machine with much to do.
const TO_BEGIN: Duration = Duration::from_secs(1);

const A_LOOK: Duration = Duration::from_millis(5);

/// No timer is set as far ahead as this. tokio's own limit is a little above two years.
const FAR_AHEAD: Duration = Duration::from_hours(700 * 24);

/// A run in which nothing comes any more parks this often while that is found out, or less.
const FEW: usize = 16;

/// What was seen when the clock of a run was moved on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prospect {
    /// The body comes to its end: so long after the run began.
    Ends(Duration),
    /// The body comes to its end, if the clock makes one jump. It wakes up so often that there is no
    /// getting there otherwise.
    EndsByAJump,
    /// No timer is left, and nothing wakes up.
    Nothing,
    /// Timers fire again and again, and bring nothing.
    Timers,
    /// Something runs in the blocking pool.
    Pool,
    /// Something is always ready to go on: it is polled, and the thread never parks.
    Outrun,
    /// None of these was seen.
    Unknown,
}

impl Prospect {
    /// Looks what would come. Only a current-thread runtime has a clock that can be moved.
    pub(crate) fn of(run: &Run) -> Self {
        match run.journal.runtime() {
            Some((runtime, began)) if runtime.runtime_flavor() == RuntimeFlavor::CurrentThread => {
                Self::on_the_clock_of(runtime, began, run)
            }
            _ => Self::Unknown,
        }
    }

    fn on_the_clock_of(runtime: &Handle, began: time::Instant, run: &Run) -> Self {
        let _paused = Paused::new(runtime);
        let look = || (now_in(runtime), run.rest.rests());
        let (before, polled) = (look(), run.rest.last_change());
        let (tell, told) = mpsc::channel();
        let last = runtime.spawn(async move {
            // The receiver may have heard enough.
            let _ = tell.send(());
            time::sleep(FAR_AHEAD).await;
            let _ = tell.send(());
        });
        // A thread that is held, or goes round without a park, may not come to it.
        let has_begun = told.recv_timeout(TO_BEGIN).is_ok();
        let (mut looks, mut parked) = (0, 0);
        let nothing_else = lasts(A_MOMENT, || {
            looks += 1;
            parked += usize::from(run.rest.all_parked());
            run.rest.body_is_over() || told.try_recv().is_ok()
        });
        last.abort();
        let (now, rests) = look();
        if run.rest.body_is_over() {
            return Self::Ends(now - began);
        }
        let rested = rests - before.1;
        match (now != before.0, nothing_else) {
            (_, true) if rested <= FEW => Self::Nothing,
            (true, false) if rested > FEW => {
                if comes_by_a_jump(runtime, run) {
                    Self::EndsByAJump
                } else {
                    Self::Timers
                }
            }
            (_, false) if has_begun && parked * 2 > looks => Self::Pool,
            (false, false) if rested == 0 && run.rest.last_change() > polled => Self::Outrun,
            _ => Self::Unknown,
        }
    }
}

/// A clock that is paused; a test may have done that itself. It runs again from the drop on: one that
/// goes on to jump from timer to timer for a test that is over would take the processor from others.
struct Paused<'a>(&'a Handle);

impl<'a> Paused<'a> {
    fn new(runtime: &'a Handle) -> Self {
        if runs(runtime) {
            let _inside = runtime.enter();
            time::pause();
        }
        Self(runtime)
    }
}

impl Drop for Paused<'_> {
    fn drop(&mut self) {
        if !runs(self.0) {
            let _inside = self.0.enter();
            time::resume();
        }
    }
}

/// Whether the clock of `runtime` goes as the real one does. A paused one stands still, or jumps.
fn runs(runtime: &Handle) -> bool {
    let look = || {
        let before = Instant::now();
        (before, now_in(runtime), Instant::now())
    };
    let (first, from, after) = look();
    thread::sleep(A_LOOK);
    let (before, to, last) = look();
    (before - after..=last - first).contains(&(to - from))
}

/// Whether the body ends when the clock is far ahead at once.
fn comes_by_a_jump(runtime: &Handle, run: &Run) -> bool {
    drop(runtime.spawn(time::advance(FAR_AHEAD)));
    lasts(A_MOMENT, || run.rest.body_is_over())
}

/// Looks until it is so, but no longer than `limit`. Whether it was.
fn lasts(limit: Duration, mut is_so: impl FnMut() -> bool) -> bool {
    let began = Instant::now();
    loop {
        if is_so() {
            return true;
        }
        if began.elapsed() >= limit {
            return false;
        }
        thread::sleep(A_LOOK);
    }
}
