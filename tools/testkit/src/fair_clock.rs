//! How much time a run really had.
//!
//! A limit of two seconds means that a right answer, which takes milliseconds, has ended long before.
//! On a machine with much else to do, two seconds may be a fifth of one for the run. So limits count
//! the looks of the watchdog, which itself needs a processor for each: a look that comes late counts
//! for no more than one that comes in time. And when a limit is over, the time is added in which a
//! thread of the run was ready to go on and had to wait for other programs.

use std::{
    cell::Cell,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::time::timeout;

use crate::context::Run;

/// A look counts for no more than this. Looks are 4 ms apart; the timers of Windows are coarser.
const A_LOOK: Duration = Duration::from_millis(if cfg!(windows) { 20 } else { 8 });

/// A limit is over at the latest when so many times its length has passed, whatever the machine does.
const STRETCH: u32 = 6;

/// The time that a run had, as its watchdog saw it.
pub(crate) struct FairClock {
    began: Instant,
    looks: Mutex<Looks>,
}

struct Looks {
    last: Instant,
    counted: Duration,
}

impl FairClock {
    /// Begins now.
    pub(crate) fn new() -> Self {
        let began = Instant::now();
        Self { began, looks: Mutex::new(Looks { last: began, counted: Duration::ZERO }) }
    }

    /// Called by the watchdog, every few milliseconds.
    pub(crate) fn look(&self) {
        self.look_at(Instant::now());
    }

    /// The same, at that moment.
    pub(crate) fn look_at(&self, now: Instant) {
        let mut looks = self.lock();
        let since = now.saturating_duration_since(looks.last);
        looks.counted += since.min(A_LOOK);
        looks.last = now;
    }

    /// How much time the run had until the last look.
    pub(crate) fn elapsed(&self) -> Duration {
        self.lock().counted
    }

    /// How long the run has lasted.
    pub(crate) fn lasted(&self) -> Duration {
        self.began.elapsed()
    }

    /// How much of the time until the last look the run did not have.
    pub(crate) fn missed(&self) -> Duration {
        let looks = self.lock();
        (looks.last - self.began).saturating_sub(looks.counted)
    }

    fn lock(&self) -> MutexGuard<'_, Looks> {
        self.looks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A length of time that begins now, on the fair clock of the run that this thread belongs to.
/// Outside a run it is one of the real clock.
pub(crate) struct Limit {
    length: Duration,
    began: Instant,
    /// Time on top, because other programs kept a thread of the run waiting.
    granted: Cell<Duration>,
    /// The run, and the time on its fair clock.
    run: Option<(Arc<Run>, Duration)>,
}

impl Limit {
    pub(crate) fn of(length: Duration) -> Self {
        let run = Run::find().map(|run| {
            let now = run.fair_clock.elapsed();
            (run, now)
        });
        Self { length, began: Instant::now(), granted: Cell::default(), run }
    }

    /// How long to wait before asking again; `None` when it is over.
    pub(crate) fn left(&self) -> Option<Duration> {
        let real = self.began.elapsed();
        let left = match &self.run {
            // Once all is decided nobody looks any more, and nothing depends on it.
            Some((run, _)) if run.is_decided() => self.length.saturating_sub(real),
            Some((run, began)) if real < self.length * STRETCH => {
                let passed = run.fair_clock.elapsed().saturating_sub(*began);
                let left = (self.length + self.granted.get()).saturating_sub(passed);
                if left.is_zero() { self.grant(run) } else { left }
            }
            Some(_) => Duration::ZERO,
            None => self.length.saturating_sub(real),
        };
        (!left.is_zero()).then(|| left.max(Duration::from_millis(1)))
    }

    /// Adds the time that a thread of the run was kept waiting, and was not added yet.
    fn grant(&self, run: &Run) -> Duration {
        let kept_waiting = run.kept_waiting();
        let before = self.granted.replace(kept_waiting);
        kept_waiting.saturating_sub(before)
    }

    /// What `future` comes to; `None` when the limit is over first. For a real clock.
    pub(crate) async fn bounds<F: Future>(self, future: F) -> Option<F::Output> {
        let mut future = pin!(future);
        while let Some(left) = self.left() {
            if let Ok(output) = timeout(left, future.as_mut()).await {
                return Some(output);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_look_counts_as_one_that_comes_in_time() {
        let clock = FairClock::new();
        let at = |millis| clock.began + Duration::from_millis(millis);
        clock.look_at(at(4));
        clock.look_at(at(9));
        assert_eq!(clock.elapsed(), Duration::from_millis(9));
        assert_eq!(clock.missed(), Duration::ZERO);

        clock.look_at(at(1009));
        assert_eq!(clock.elapsed(), Duration::from_millis(9) + A_LOOK);
        assert_eq!(clock.missed() + A_LOOK, Duration::from_secs(1));
    }

    #[test]
    fn a_limit_waits_for_the_time_that_its_run_did_not_have() {
        let run = Run::new("a test".to_owned(), timeline::Clock::Real);
        run.adopt();
        let limit = Limit::of(Duration::from_secs(40));
        run.fair_clock.look_at(run.fair_clock.began + Duration::from_secs(1));
        assert_eq!(limit.left().map(|left| left + A_LOOK), Some(Duration::from_secs(40)));
    }

    #[test]
    fn a_run_that_is_over_holds_up_nobody_for_longer() {
        let run = Run::new("a test".to_owned(), timeline::Clock::Real);
        run.adopt();
        let limit = Limit::of(Duration::from_millis(10));
        std::thread::sleep(Duration::from_millis(20));
        assert!(limit.left().is_some(), "nobody has looked");
        run.freeze();
        assert_eq!(limit.left(), None);
    }
}
