//! A long list that knows how much of it is held.

use std::{
    ops::RangeInclusive,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// After so much of real time a list ends early: some right answers are slow, and memory is what is
/// asked about.
const LONG_ENOUGH: Duration = Duration::from_secs(1);

/// How much of a list has been taken and not yet handed over. The list ends early when that is more
/// than is allowed, and what was seen at that moment is kept.
pub struct Held<S> {
    most: usize,
    taken: AtomicUsize,
    handed: AtomicUsize,
    look: Box<dyn Fn() -> S + Send + Sync>,
    seen: OnceLock<S>,
}

impl<S: Send + Sync + 'static> Held<S> {
    /// At most `most` may be held. `look` is called once, when one more is taken.
    pub fn at_most(most: usize, look: impl Fn() -> S + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            most,
            taken: AtomicUsize::new(0),
            handed: AtomicUsize::new(0),
            look: Box::new(look),
            seen: OnceLock::new(),
        })
    }

    /// The list itself. It says truly how long it is.
    pub fn list(self: &Arc<Self>, ids: RangeInclusive<u64>) -> List<S> {
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
    pub fn too_much(&self) -> Option<&S> {
        self.seen.get()
    }
}

/// A list that ends early when too much of it is held.
pub struct List<S> {
    ids: RangeInclusive<u64>,
    held: Arc<Held<S>>,
    began: Instant,
}

impl<S: Send + Sync + 'static> Iterator for List<S> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let held = &self.held;
        if held.seen.get().is_some() || self.began.elapsed() >= LONG_ENOUGH {
            return None;
        }
        let id = self.ids.next()?;
        if held.taken() - held.handed() >= held.most {
            held.seen.get_or_init(|| (held.look)());
            return None;
        }
        held.taken.fetch_add(1, Ordering::SeqCst);
        Some(id)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.ids.size_hint()
    }
}
