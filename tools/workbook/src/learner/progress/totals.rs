//! How far the learner is over all exercises: the same numbers for every command that shows them.

use serde::Serialize;

use super::{Progress, State};
use crate::catalogue::{Catalogue, Exercise};

/// How far all exercises are, each looked at once: a state is found out by reading files.
#[derive(Clone, Debug)]
pub struct Totals<'a> {
    /// Each exercise and its state, in the order of the book.
    pub states: Vec<(&'a Exercise, State)>,
}

/// The numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Numbers {
    /// How many exercises there are.
    pub exercises: usize,
    /// How many of them are solved.
    pub solved: usize,
    /// How many have been edited, and are not solved.
    pub started: usize,
    /// How many are as shipped.
    pub untouched: usize,
    /// How many minutes all exercises take.
    pub minutes: u32,
    /// How many minutes those take that are not solved.
    pub minutes_left: u32,
}

impl<'a> Totals<'a> {
    /// Looks at every exercise.
    pub fn of(progress: &Progress, catalogue: &'a Catalogue) -> Self {
        let state = |exercise: &'a Exercise| (exercise, progress.state(exercise));
        Self { states: catalogue.exercises.iter().map(state).collect() }
    }

    /// The numbers over all exercises.
    pub fn numbers(&self) -> Numbers {
        let count = |wanted| self.states.iter().filter(|(_, state)| *state == wanted).count();
        let minutes = |(exercise, _): &(&Exercise, State)| exercise.manifest.minutes;
        Numbers {
            exercises: self.states.len(),
            solved: count(State::Solved),
            started: count(State::Started),
            untouched: count(State::Untouched),
            minutes: self.states.iter().map(minutes).sum(),
            minutes_left: self.unsolved().map(|exercise| exercise.manifest.minutes).sum(),
        }
    }

    /// The first exercise that is not solved.
    pub fn next(&self) -> Option<&'a Exercise> {
        self.unsolved().next()
    }

    fn unsolved(&self) -> impl Iterator<Item = &'a Exercise> {
        let left = self.states.iter().filter(|(_, state)| *state != State::Solved);
        left.map(|(exercise, _)| *exercise)
    }
}
