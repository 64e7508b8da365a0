//! How long a run has been quiet, as its watchdog saw it.

use std::time::{Duration, Instant};

use crate::{gate::Quiet, journal::Journal, rest::Rest, threads::Threads};

/// Code that only wakes up now and then has been parked so often since anything was journaled.
const OFTEN: usize = 8;

/// A look of the watchdog counts for no more than this. A watchdog that was short of processor time
/// itself has not seen what lies between two looks, and what depends on a shorter rest than another
/// must come first, however late it is.
const A_LOOK: Duration = Duration::from_millis(8);

/// What the watchdog has seen of a run until now.
#[derive(Default)]
pub(crate) struct Lull {
    parked: Span,
    unchanged: Span,
    /// How often everything had been parked when the journal last changed.
    rests: usize,
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
        let at_rest = rest.all_parked() && !threads.at_work();
        let parked_since = at_rest.then(|| rest.last_change());
        let parked = self.parked.look(parked_since);
        let changed = journal.changed();
        if self.unchanged.since != Some(changed) {
            self.rests = rest.rests();
        }
        let unchanged = self.unchanged.look(Some(changed));
        // A thread that waits for a processor has not been parked, whatever the time.
        let comes_to_rest = rest.rests() - self.rests >= OFTEN;
        Quiet { parked, unchanged: if comes_to_rest { unchanged } else { Duration::ZERO } }
    }
}

impl Span {
    fn look(&mut self, since: Option<Instant>) -> Duration {
        self.looks = if since == self.since { self.looks.saturating_add(1) } else { 0 };
        self.since = since;
        since.map_or(Duration::ZERO, |since| since.elapsed().min(A_LOOK * self.looks))
    }
}
