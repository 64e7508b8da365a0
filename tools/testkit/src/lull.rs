//! How long a run has been quiet, as its watchdog saw it.

use std::time::{Duration, Instant};

use crate::{gate::Quiet, journal::Journal, rest::Rest, threads::Threads};

/// Code that only wakes up now and then has been parked so often since anything was journaled.
const OFTEN: usize = 8;

/// A look of the watchdog counts for no more than this. A watchdog that was short of processor time
/// itself has not seen what lies between two looks, and what depends on a shorter rest than another
/// must come first, however late it is.
const A_LOOK: Duration = Duration::from_millis(8);

/// A thread that was not parked for so long, and then was, has been held and given back.
const HELD: Duration = Duration::from_millis(500);

/// Who holds a thread for so long is looked at more closely.
const BEGINS_TO_HOLD: Duration = Duration::from_millis(100);

/// What the watchdog has seen of a run until now.
#[derive(Default)]
pub(crate) struct Lull {
    parked: Span,
    unchanged: Span,
    still: Span,
    /// How often everything had been parked when the journal last changed.
    rests: usize,
    /// How often the watchdog has looked since then, and how often of these everything was parked.
    looks: u32,
    looks_parked: u32,
    /// A thread that has not been parked for a while.
    hold: Option<Hold>,
    /// Whether a thread that was held has been given back since the journal last changed.
    given_back: bool,
}

/// A thread that was not parked for a while, when that began to be long.
struct Hold {
    /// When the thread had last changed.
    since: Instant,
    at: Instant,
    /// Whether it slept, within a call that blocks.
    asleep: bool,
    /// How long the threads of the run had been running by then.
    ran: Duration,
}

/// How often the watchdog has looked since something happened.
#[derive(Default)]
struct Span {
    since: Option<Instant>,
    looks: u32,
}

impl Lull {
    /// Called by the watchdog, every few milliseconds.
    pub(crate) fn look(&mut self, rest: &Rest, threads: &Threads, journal: &Journal) -> Quiet {
        let parked_since = rest.parked_since().filter(|_| !threads.at_work());
        let parked = self.parked.look(parked_since);
        let changed = journal.changed();
        if self.unchanged.since != Some(changed) {
            self.rests = rest.rests();
            self.given_back = false;
            (self.looks, self.looks_parked) = (0, 0);
        }
        self.looks += 1;
        self.looks_parked += u32::from(rest.all_parked());
        let unchanged = self.unchanged.look(Some(changed));
        // A thread that waits for a processor has not been parked, whatever the time.
        let comes_to_rest = rest.rests() - self.rests >= OFTEN;
        let still = self.still.look(parked_since.map(|_| changed));
        self.look_who_is_held(rest, threads);
        Quiet { parked, unchanged: if comes_to_rest { unchanged } else { Duration::ZERO }, still }
    }

    /// Whether everything was parked now and then since the journal last changed.
    pub(crate) fn was_parked(&self) -> bool {
        self.looks_parked * 10 > self.looks
    }

    /// Whether the watchdog could not look often enough since the journal last changed. A rest that it
    /// has not seen is none, and whoever waits for one may wait still.
    pub(crate) fn was_starved(&self) -> bool {
        let since = self.unchanged.since;
        since.is_some_and(|since| since.elapsed() > 2 * A_LOOK * self.looks)
    }

    /// Whether a thread that was held has been given back since the journal last changed.
    pub(crate) fn was_given_back(&self) -> bool {
        self.given_back
    }

    fn look_who_is_held(&mut self, rest: &Rest, threads: &Threads) {
        let (last, now) = (rest.last_change(), Instant::now());
        if let Some(hold) = self.hold.take_if(|hold| hold.since != last) {
            self.given_back |= last - hold.since >= HELD && hold.was_one(last, threads);
        }
        // Before the body is polled for the first time the thread is being started.
        let holds = rest.has_begun() && !rest.all_parked() && now - last >= BEGINS_TO_HOLD;
        if holds && self.hold.is_none() {
            let (asleep, ran) = (!threads.at_work(), threads.ran());
            self.hold = Some(Hold { since: last, at: now, asleep, ran });
        }
    }
}

impl Hold {
    /// Whether the code held the thread until `end`, and not a machine that is short of time.
    fn was_one(&self, end: Instant, threads: &Threads) -> bool {
        self.asleep || threads.ran().saturating_sub(self.ran) * 2 >= end - self.at
    }
}

impl Span {
    fn look(&mut self, since: Option<Instant>) -> Duration {
        self.looks = if since == self.since { self.looks.saturating_add(1) } else { 0 };
        self.since = since;
        since.map_or(Duration::ZERO, |since| since.elapsed().min(A_LOOK * self.looks))
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use timeline::Clock;

    use super::*;

    #[test]
    fn a_watchdog_that_seldom_looks_has_not_seen_what_lies_between() {
        let (rest, threads) = (Rest::new(), Threads::default());
        let journal = Journal::new(Clock::Real);
        let mut lull = Lull::default();
        for _ in 0..500 {
            lull.look(&rest, &threads, &journal);
        }
        assert!(!lull.was_starved());

        journal.step();
        for _ in 0..2 {
            lull.look(&rest, &threads, &journal);
            thread::sleep(3 * A_LOOK);
        }
        assert!(lull.was_starved());
    }
}
