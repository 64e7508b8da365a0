//! The count of who is awake, in every order in which the steps of its threads can follow each
//! other.
//!
//! loom stands in for the standard library's atomics and locks, and runs each model again for each
//! order. A moment is the number of things that have happened before it.

use loom::{
    model::Builder,
    sync::{Arc, atomic::AtomicUsize},
    thread,
};

mod sync {
    pub use std::sync::PoisonError;

    pub use loom::sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    };
}

#[path = "../src/awake_count.rs"]
mod awake_count;

use awake_count::AwakeCount;
use sync::Ordering::SeqCst;

/// The count, and a clock that goes on whenever something happens.
struct Model {
    count: AwakeCount<usize>,
    clock: AtomicUsize,
}

impl Model {
    /// With so many threads that are awake.
    fn of(threads: usize) -> Arc<Self> {
        let model = Self { count: AwakeCount::new(0), clock: AtomicUsize::new(1) };
        model.count.add(threads);
        Arc::new(model)
    }

    fn now(&self) -> usize {
        self.clock.fetch_add(1, SeqCst)
    }

    /// What the code under test does on a thread, before it parks. When it did that.
    fn works_and_parks(&self) -> usize {
        let worked = self.now();
        self.count.leave(1, self.now());
        worked
    }

    fn goes_on(&self) {
        self.count.wake(self.now());
    }
}

/// A reading of the watchdog: when it was taken, and since when the run was quiet.
struct Reading {
    at: usize,
    since: usize,
}

/// Reads the count while threads that are awake work, park and go on, each `rounds` times, and
/// checks that none of them has worked within the time that the reading calls quiet. A thread is
/// interrupted `changes` times at most: that bounds how long it takes to try all.
fn no_work_lies_within_what_is_called_quiet(threads: usize, rounds: usize, changes: usize) {
    let mut every_order = Builder::new();
    every_order.preemption_bound = Some(changes);
    every_order.check(move || {
        let model = Model::of(threads);
        let working: Vec<_> = (0..threads)
            .map(|_| {
                let model = Arc::clone(&model);
                thread::spawn(move || {
                    let mut worked = vec![model.works_and_parks()];
                    for _ in 1..rounds {
                        model.goes_on();
                        worked.push(model.works_and_parks());
                    }
                    worked
                })
            })
            .collect();

        let at = model.now();
        let reading = model.count.quiet_since().map(|since| Reading { at, since });

        let worked = working.into_iter().flat_map(|thread| thread.join().unwrap());
        let worked: Vec<usize> = worked.collect();
        if let Some(Reading { at, since }) = reading {
            let within: Vec<&usize> = worked.iter().filter(|&&it| since < it && it < at).collect();
            assert!(within.is_empty(), "quiet since {since}, at {at}, but work at {within:?}");
        }
        assert!(model.count.is_quiet());
        let last = worked.iter().max().expect("it worked");
        assert!(model.count.last_change() > *last, "the last change came before the last work");
        let rests = model.count.rests();
        assert!((1..=threads * rounds).contains(&rests), "{rests} rests");
    });
}

#[test]
fn one_thread_that_goes_on_is_never_called_quiet_too_early() {
    no_work_lies_within_what_is_called_quiet(1, 3, 3);
}

#[test]
fn nor_are_two_threads() {
    no_work_lies_within_what_is_called_quiet(2, 2, 2);
}
