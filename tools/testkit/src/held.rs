//! A long list that knows how much of it is held.

use std::{
    ops::RangeInclusive,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::runtime::Handle;

use crate::{calls::CallLog, probe::alive_tasks};

/// After so much of real time a list ends early: some right answers are slow, and memory is what is
/// asked about.
const LONG_ENOUGH: Duration = Duration::from_secs(1);

/// How much of a list has been taken and not yet handed over. The list ends early when that is more
/// than is allowed, and what was seen at that moment is kept.
///
/// ```
/// use testkit::{CallLog, Held};
///
/// testkit::run_paused(async || {
///     // The code under test makes a call for each number, and keeps what it gets.
///     let log = CallLog::undrawn();
///     let held = Held::at_most(10, &log);
///     for id in held.list(1..=100) {
///         log.begin(id).finish();
///     }
///
///     let too_much = held.too_much().unwrap();
///     assert_eq!((held.taken(), too_much.begun), (10, 10));
///     assert!(too_much.are_results && !too_much.have_tasks);
/// });
/// ```
pub struct Held {
    most: usize,
    log: CallLog,
    taken: AtomicUsize,
    handed: AtomicUsize,
    seen: OnceLock<TooMuch>,
}

/// What was seen when one more was to be taken than may be held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TooMuch {
    /// How many calls had begun.
    pub begun: usize,
    /// Whether tasks that had not ended were more than half as many as may be held.
    pub have_tasks: bool,
    /// Whether more than half of what was held was calls that were over.
    pub are_results: bool,
}

impl Held {
    /// At most `most` may be held. The calls for what is taken are noted in `log`.
    pub fn at_most(most: usize, log: &CallLog) -> Arc<Self> {
        Arc::new(Self {
            most,
            log: log.clone(),
            taken: AtomicUsize::new(0),
            handed: AtomicUsize::new(0),
            seen: OnceLock::new(),
        })
    }

    /// The list itself. It says truly how long it is.
    pub fn list(self: &Arc<Self>, ids: RangeInclusive<u64>) -> List {
        List { ids, held: Arc::clone(self), began: Instant::now() }
    }

    /// Counts one as handed over.
    pub fn hand_over(&self) {
        self.handed.fetch_add(1, Ordering::SeqCst);
    }

    /// How many have been taken from the list.
    pub fn taken(&self) -> usize {
        self.taken.load(Ordering::SeqCst)
    }

    /// How many have been handed over.
    pub fn handed(&self) -> usize {
        self.handed.load(Ordering::SeqCst)
    }

    /// What was seen when too much was held; `None` if it never was.
    pub fn too_much(&self) -> Option<TooMuch> {
        self.seen.get().copied()
    }

    fn look(&self) -> TooMuch {
        let runtime = Handle::try_current();
        let tasks = runtime.map_or(0, |_| alive_tasks());
        let begun = self.log.count();
        // All that was taken but the last `most` has been handed over.
        let handed = self.taken().saturating_sub(self.most);
        let results = begun.saturating_sub(self.log.open() + handed);
        let many = |count| count > self.most / 2;
        TooMuch { begun, have_tasks: many(tasks), are_results: many(results) }
    }
}

/// A list that ends early when too much of it is held.
pub struct List {
    ids: RangeInclusive<u64>,
    held: Arc<Held>,
    began: Instant,
}

impl Iterator for List {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let held = &self.held;
        if held.seen.get().is_some() || self.began.elapsed() >= LONG_ENOUGH {
            return None;
        }
        let id = self.ids.next()?;
        if held.taken() - held.handed() >= held.most {
            held.seen.get_or_init(|| held.look());
            return None;
        }
        held.taken.fetch_add(1, Ordering::SeqCst);
        Some(id)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.ids.size_hint()
    }
}
