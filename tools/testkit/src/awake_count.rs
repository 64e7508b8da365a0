//! Who of a run is awake: the count that everything which waits for quiet goes by.
//!
//! # What counts as quiet
//!
//! A thread of a runtime is *awake* from the moment in which it goes on after a park until it is
//! about to park again; all that the code under test does on such a thread lies between the two. A
//! run is quiet while no thread is awake, and it has been quiet since the last change: the last time
//! that a thread parked, went on, or polled the run's body.
//!
//! [`quiet_since`](AwakeCount::quiet_since) is what a gate goes by, and one thing has to hold of it:
//! **nothing that a watched thread has done before it is asked happened after the moment that it
//! names.** An earlier moment would make the code look as if it had waited for longer than it has,
//! and a gate would give up on a call that is about to be made. A later one costs patience only.
//! That rests on three orders, and `tests/every_order.rs` tries all the ways in which the steps of
//! several threads can follow each other:
//!
//! - who leaves notes the change first, and is taken off the count then;
//! - who asks reads the count first, and the change then;
//! - a change that is noted late does not replace a later one.
//!
//! What this count cannot see: a thread that has been woken and has not come to run yet (the system
//! knows that, see [`Threads`](crate::threads::Threads)), the threads of blocking pools, threads that
//! belong to no runtime, timers, and bytes under way. So quiet never proves that nothing more would
//! come. What a verdict may say after a gate has given up follows from that: see
//! [`Gate`](crate::Gate).

use super::sync::{AtomicUsize, Mutex, Ordering::SeqCst, PoisonError};

/// Counts the threads that are awake. `T` is a moment; whoever calls brings it along.
pub(crate) struct AwakeCount<T> {
    awake: AtomicUsize,
    /// How often the last one has parked.
    rests: AtomicUsize,
    last_change: Mutex<T>,
}

impl<T: Copy + Ord> AwakeCount<T> {
    /// Nothing is awake.
    pub(crate) fn new(now: T) -> Self {
        let (awake, rests) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { awake, rests, last_change: Mutex::new(now) }
    }

    /// So many threads more are awake from the beginning.
    pub(crate) fn add(&self, threads: usize) {
        self.awake.fetch_add(threads, SeqCst);
    }

    /// A thread goes on.
    pub(crate) fn wake(&self, now: T) {
        self.awake.fetch_add(1, SeqCst);
        self.touch(now);
    }

    /// So many threads that were awake are not any more: they park, or their runtime has ended.
    pub(crate) fn leave(&self, threads: usize, now: T) {
        // In this order: quiet since now, not since the change before.
        self.touch(now);
        if self.awake.fetch_sub(threads, SeqCst) == threads {
            self.rests.fetch_add(1, SeqCst);
        }
    }

    /// Something happens on a thread that is awake.
    pub(crate) fn touch(&self, now: T) {
        let mut last = self.last_change.lock().unwrap_or_else(PoisonError::into_inner);
        // Another thread, later than this one, may have been here first.
        *last = (*last).max(now);
    }

    /// Since when no thread has been awake; `None` while one is.
    pub(crate) fn quiet_since(&self) -> Option<T> {
        // In this order: what happens in between makes it later.
        self.is_quiet().then(|| self.last_change())
    }

    /// Whether no thread is awake at this moment.
    pub(crate) fn is_quiet(&self) -> bool {
        self.awake.load(SeqCst) == 0
    }

    /// How often the last thread that was awake has parked.
    pub(crate) fn rests(&self) -> usize {
        self.rests.load(SeqCst)
    }

    /// When something last changed.
    pub(crate) fn last_change(&self) -> T {
        *self.last_change.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
