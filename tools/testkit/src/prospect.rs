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

/// How long the clock is left to jump from timer to timer, at least: real time.
const A_MOMENT: Duration = Duration::from_millis(100);

/// A clock that stands so long will not move.
const STANDS: Duration = Duration::from_millis(300);

/// A machine that is short of time is given so long to let the run do what shows where it goes.
const AT_MOST: Duration = Duration::from_secs(1);

/// A run that was parked so often has shown that.
const OFTEN: usize = 1000;

/// A runtime's thread may be kept from running for so long, on a machine with much to do.
const TO_BEGIN: Duration = Duration::from_secs(1);

const A_LOOK: Duration = Duration::from_millis(5);

/// No timer is set as far ahead as this. tokio's own limit is a little above two years.
const FAR_AHEAD: Duration = Duration::from_hours(700 * 24);

/// The clock makes so many jumps: what follows on one timer may set another.
const JUMPS: usize = 24;

/// A run that was parked so often after a jump has done what was to be done then.
const AFTER_A_JUMP: usize = 200;

/// All jumps together take no longer.
const TO_JUMP: Duration = Duration::from_secs(2);

/// A run in which nothing comes any more parks this often while that is found out, or less.
const FEW: usize = 16;

/// What was seen when the clock of a run was moved on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prospect {
    /// The body comes to its end: so long after the run began.
    Ends(Duration),
    /// The body comes to its end, if the clock jumps far ahead. It wakes up so often that there is no
    /// getting there otherwise.
    EndsByJumps,
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
        // The test is over: whoever holds the runtime's thread is not waited for.
        let _paused = Paused::new(runtime, Duration::ZERO);
        let seen = Seen::on(runtime, run);
        if run.rest.body_is_over() {
            return Self::Ends(seen.now - began);
        }
        match (seen.now != seen.from, seen.nothing_else) {
            (_, true) if seen.nothing_went_on() => Self::Nothing,
            (true, false) if seen.rested > FEW => match comes_by_jumps(runtime, run) {
                Some(true) => Self::EndsByJumps,
                Some(false) => Self::Timers,
                None => Self::Unknown,
            },
            (_, false) if seen.pool => Self::Pool,
            (false, false) if seen.rested == 0 && run.rest.last_change() > seen.changed => {
                Self::Outrun
            }
            _ => Self::Unknown,
        }
    }
}

/// Whether anything happens when the clock of the run, which goes as the real one does, is moved on to
/// its timers. A library may have some of its own, which bring nothing. Only a current-thread runtime
/// has a clock that can be moved, and of the others it is not known.
pub(crate) fn timer_is_left(run: &Run) -> bool {
    match run.journal.runtime() {
        Some((runtime, _)) if runtime.runtime_flavor() == RuntimeFlavor::CurrentThread => {
            let (_paused, before) = (Paused::new(runtime, TO_BEGIN), run.journal.changed());
            if Seen::on(runtime, run).rested > FEW {
                comes_by_jumps(runtime, run);
            }
            run.journal.changed() != before
        }
        _ => false,
    }
}

/// What was seen while a paused clock was left to jump from timer to timer.
struct Seen {
    /// The time on it before and after.
    from: time::Instant,
    now: time::Instant,
    /// Whether it came to a timer that is set further ahead than any other.
    nothing_else: bool,
    /// How often the run was parked meanwhile.
    rested: usize,
    /// Whether anything was journaled meanwhile.
    happened: bool,
    /// Whether something seems to run in the blocking pool.
    pool: bool,
    /// When something had last changed before.
    changed: Instant,
}

impl Seen {
    /// Whether no timer brought anything.
    fn nothing_went_on(&self) -> bool {
        self.rested <= FEW && !self.happened
    }

    fn on(runtime: &Handle, run: &Run) -> Self {
        let look = || (now_in(runtime), run.rest.rests());
        let (before, changed) = (look(), run.rest.last_change());
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
        let began_to_look = Instant::now();
        let nothing_else = lasts(run, || {
            looks += 1;
            parked += usize::from(run.rest.all_parked());
            if run.rest.body_is_over() || told.try_recv().is_ok() {
                return Some(true);
            }
            let long = began_to_look.elapsed();
            let (now, rests) = look();
            let moves = long >= A_MOMENT && rests - before.1 >= OFTEN;
            let stands = long >= STANDS && now == before.0;
            (moves || stands).then_some(false)
        });
        last.abort();
        if nothing_else {
            // What a timer has begun may be on its way through a socket, for which no clock waits.
            thread::sleep(A_MOMENT);
        }
        let (now, rests) = look();
        Self {
            from: before.0,
            now,
            nothing_else,
            rested: rests - before.1,
            happened: run.journal.changed() > began_to_look,
            pool: has_begun && parked * 2 > looks,
            changed,
        }
    }
}

/// A clock that is paused; a test may have done that itself. It runs again from the drop on: one that
/// goes on to jump from timer to timer for a test that is over would take the processor from others.
struct Paused<'a> {
    runtime: &'a Handle,
    /// How long the drop waits until the clock runs.
    patience: Duration,
}

impl<'a> Paused<'a> {
    fn new(runtime: &'a Handle, patience: Duration) -> Self {
        if runs(runtime) {
            let _inside = runtime.enter();
            time::pause();
        }
        Self { runtime, patience }
    }
}

impl Drop for Paused<'_> {
    fn drop(&mut self) {
        if runs(self.runtime) {
            return;
        }
        let (tell, told) = mpsc::channel();
        // By a task, and not from here: the runtime panics if its clock is set going while it lets
        // it jump.
        drop(self.runtime.spawn(async move {
            time::resume();
            // The receiver may have lost patience.
            let _ = tell.send(());
        }));
        let _ = told.recv_timeout(self.patience);
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

/// Whether the body ends when the clock makes a few jumps; `None` where what follows on one of them
/// was not seen.
fn comes_by_jumps(runtime: &Handle, run: &Run) -> Option<bool> {
    let began = Instant::now();
    for _ in 0..JUMPS {
        let rests = run.rest.rests();
        drop(runtime.spawn(time::advance(FAR_AHEAD)));
        let mut seen = false;
        let over = lasts(run, || {
            seen = run.rest.rests() - rests >= AFTER_A_JUMP;
            (run.rest.body_is_over() || seen).then(|| run.rest.body_is_over())
        });
        if over {
            return Some(true);
        }
        if !seen || began.elapsed() >= TO_JUMP {
            return None;
        }
    }
    Some(false)
}

/// Looks until it is decided, but no longer than a machine is given that is short of time. Gates go
/// on to hear how quiet it is: the code may wait for them.
fn lasts(run: &Run, mut decided: impl FnMut() -> Option<bool>) -> bool {
    let began = Instant::now();
    loop {
        run.tell_rest();
        if let Some(decision) = decided() {
            return decision;
        }
        if began.elapsed() >= AT_MOST {
            return false;
        }
        thread::sleep(A_LOOK);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

    use tokio::runtime::Builder;

    use super::*;

    #[test]
    fn a_clock_that_jumps_is_set_going_again() {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let (handle, over) = (runtime.handle().clone(), AtomicBool::default());
        thread::scope(|scope| {
            let ticks = scope.spawn(|| {
                runtime.block_on(async {
                    while !over.load(SeqCst) {
                        time::sleep(Duration::from_millis(1)).await;
                    }
                });
            });
            for _ in 0..50 {
                drop(Paused::new(&handle, TO_BEGIN));
            }
            over.store(true, SeqCst);
            assert!(ticks.join().is_ok(), "a jump and the end of the pause met");
            assert!(runs(&handle));
        });
    }
}
