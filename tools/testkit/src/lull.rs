//! How long a run has been quiet, as its watchdog saw it.

use std::time::{Duration, Instant};

use tokio::time;

use crate::{gate::Quiet, journal::Journal, rest::Rest, threads::Threads};

/// Code that only wakes up now and then has been parked so often since anything was journaled.
const OFTEN: usize = 8;

/// A look of the watchdog counts for no more than this. A watchdog that was short of processor time
/// itself has not seen what lies between two looks, and what depends on a shorter rest than another
/// must come first, however late it is.
const A_LOOK: Duration = Duration::from_millis(8);

/// A thread that was not parked for so long, and then was, has been held and given back.
const HELD: Duration = Duration::from_millis(500);

/// A clock that has moved within this time moves: its thread may have been kept from running since.
const LATELY: Duration = Duration::from_millis(100);

/// What the watchdog has seen of a run until now.
#[derive(Default)]
pub(crate) struct Lull {
    parked: Span,
    unchanged: Span,
    ticking: Span,
    /// How often everything had been parked when the journal last changed.
    rests: usize,
    /// How often the watchdog has looked since then, and how often of these everything was parked.
    looks: u32,
    looks_parked: u32,
    /// The paused clock at the last look, and when it had last moved.
    clock: Option<time::Instant>,
    moved: Option<Instant>,
    /// When a thread that was not parked at the last look had last changed.
    awake_since: Option<Instant>,
    /// Whether a thread that was held has been given back since the journal last changed.
    given_back: bool,
}

/// How often the watchdog has looked since something happened.
#[derive(Default)]
struct Span {
    since: Option<Instant>,
    looks: u32,
}

impl Lull {
    /// Called by the watchdog, every few milliseconds. `clock` is the time on the clock of the run,
    /// where that is paused and no fake service is going to answer.
    pub(crate) fn look(
        &mut self,
        rest: &Rest,
        threads: &Threads,
        journal: &Journal,
        clock: Option<time::Instant>,
    ) -> Quiet {
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
        // A clock that moves on has let everything run that was to run before.
        if self.clock.is_some_and(|before| clock.is_some_and(|now| now > before)) {
            self.moved = Some(Instant::now());
        }
        self.clock = clock;
        let moves = clock.is_some() && self.moved.is_some_and(|moved| moved.elapsed() < LATELY);
        let ticking = self.ticking.look(moves.then_some(changed));
        self.look_who_is_held(rest);
        let if_it_rests = |quiet| if comes_to_rest { quiet } else { Duration::ZERO };
        Quiet { parked, unchanged: if_it_rests(unchanged), ticking: if_it_rests(ticking) }
    }

    /// Whether everything was parked at most of the looks since the journal last changed.
    pub(crate) fn was_mostly_parked(&self) -> bool {
        self.looks_parked * 2 > self.looks
    }

    /// Whether a thread that was held has been given back since the journal last changed.
    pub(crate) fn was_given_back(&self) -> bool {
        self.given_back
    }

    fn look_who_is_held(&mut self, rest: &Rest) {
        let last = rest.last_change();
        let held = |&since: &Instant| since != last && last - since >= HELD;
        self.given_back |= self.awake_since.as_ref().is_some_and(held);
        // Before the body is polled for the first time the thread is being started.
        self.awake_since = (rest.has_begun() && !rest.all_parked()).then_some(last);
    }
}

impl Span {
    fn look(&mut self, since: Option<Instant>) -> Duration {
        self.looks = if since == self.since { self.looks.saturating_add(1) } else { 0 };
        self.since = since;
        since.map_or(Duration::ZERO, |since| since.elapsed().min(A_LOOK * self.looks))
    }
}
