//! How far the learner has come: a state for each exercise, by name.
//!
//! An exercise is solved when a real run of the tests as shipped has passed, and stays so until a run
//! says otherwise. What is remembered of runs lies in `.workbook/progress.toml`; see [`store`]. A
//! run says something of the files as they are now if all that decided how it came out is still the
//! same: one hash, of [`Inputs`]. A run during which one of them was saved is not remembered.
//!
//! Progress of before that hash is kept: what was solved is solved. What passed and failed then is
//! found out again by the next run.
//!
//! Nothing here fails: what cannot be read or saved is said in a notice, and the command goes on.

pub mod store;
pub mod totals;

use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::catalogue::workspace::Workspace;
use crate::catalogue::{Catalogue, Exercise, toolchain};
use crate::engine::judge::Judgement;
use crate::engine::snapshot::fingerprint;
use crate::learner::inputs::Inputs;
use crate::learner::pristine::{self, Tests};
use store::{Document, Entry, Run};

/// How far an exercise is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Its file is the shipped starting point.
    Untouched,
    /// Its file has been edited.
    Started,
    /// The tests as shipped have passed.
    Solved,
}

/// What is remembered of all exercises.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    document: Document,
    /// Sentences for the learner, each to be shown once.
    pub notices: Vec<String>,
}

/// What a run is made of, as it was when the run began.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Everything that decides how it comes out.
    pub inputs: Inputs,
    /// The tests.
    pub tests: Tests,
}

/// What a run means for the learner's progress.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Whether the exercise is solved now.
    pub solved: bool,
    /// Files that were saved while the tests were built or run, from the workbook's root. The run
    /// is then not remembered.
    pub saved: Vec<String>,
    /// Sentences for the learner.
    pub notices: Vec<String>,
}

/// What the last run said of the file as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LastRun {
    /// Every test passed.
    Passed,
    /// This test failed first.
    Failed(String),
    /// There was none, or something has been edited since.
    Unknown,
}

impl State {
    /// Its name for the learner.
    pub fn word(self) -> &'static str {
        match self {
            Self::Untouched => "untouched",
            Self::Started => "started",
            Self::Solved => "solved",
        }
    }
}

impl Progress {
    /// Reads what is remembered. Exercises whose tests have changed since they were solved count
    /// as started again; a notice says so once.
    pub fn read(workspace: &Workspace, catalogue: &Catalogue) -> Self {
        let mut notices = Vec::new();
        let mut document = store::read(workspace, &mut notices);
        let mut overtaken = Vec::new();
        for exercise in &catalogue.exercises {
            let Some((key, entry)) = entry_of(&document, exercise) else { continue };
            if entry.solved
                && let Some(passed) = &entry.passed
                && let Some(shipped) = pristine::shipped(exercise)
                && passed.tests != shipped
            {
                overtaken.push(key.clone());
                let name = &exercise.name;
                notices.push(format!(
                    "the tests of {name} have changed since you solved it, so it counts as \
                     started again: `cargo workbook test {name}` tells whether your file passes \
                     the new ones"
                ));
            }
        }
        if !overtaken.is_empty() {
            document = store::update(workspace, &mut notices, |document| {
                for (name, entry) in &mut document.exercises {
                    if overtaken.contains(name) {
                        entry.solved = false;
                        entry.passed = None;
                    }
                }
            });
        }
        Self { document, notices }
    }

    /// How far an exercise is, by its files as they are now.
    pub fn state(&self, exercise: &Exercise) -> State {
        if pristine::is_start(exercise) {
            return State::Untouched;
        }
        let Some((_, entry)) = entry_of(&self.document, exercise) else { return State::Started };
        if entry.solved || self.last_run(exercise) == LastRun::Passed {
            State::Solved
        } else {
            State::Started
        }
    }

    /// Whether it counts as solved, and its file is another one than the file that has passed: it may
    /// no longer pass.
    pub fn is_changed_since_solved(&self, exercise: &Exercise) -> bool {
        let Some((_, entry)) = entry_of(&self.document, exercise) else { return false };
        let other = |passed: &Run| passed.file != file_of(exercise);
        entry.solved && entry.passed.as_ref().is_some_and(other) && !pristine::is_start(exercise)
    }

    /// The first exercise in the order of the book that is not solved.
    pub fn first_unsolved<'a>(&self, catalogue: &'a Catalogue) -> Option<&'a Exercise> {
        catalogue.exercises.iter().find(|exercise| self.state(exercise) != State::Solved)
    }

    /// The next exercise that is not solved: from here to the end of the book, then from its
    /// beginning.
    pub fn next_after<'a>(
        &self,
        catalogue: &'a Catalogue,
        exercise: &Exercise,
    ) -> Option<&'a Exercise> {
        let all = &catalogue.exercises;
        let here = all.iter().position(|other| other.name == exercise.name).unwrap_or(0);
        let (before, after) = all.split_at(here);
        let unsolved =
            |other: &&Exercise| other.name != exercise.name && self.state(other) != State::Solved;
        after.iter().chain(before).find(unsolved)
    }

    /// What the last run said, if nothing that decided it has changed since.
    pub fn last_run(&self, exercise: &Exercise) -> LastRun {
        let Some((_, entry)) = entry_of(&self.document, exercise) else { return LastRun::Unknown };
        let same = |run: &&Run| {
            // Most files differ in the learner's own, which is quickly read.
            let hash = run.inputs.as_ref().filter(|_| run.file == file_of(exercise));
            hash.is_some_and(|hash| *hash == Inputs::with(exercise, &run.also).hash())
        };
        match entry.failed.as_ref().filter(same) {
            Some(Run { test: Some(test), .. }) => return LastRun::Failed(test.clone()),
            Some(_) => return LastRun::Unknown,
            None => {}
        }
        entry.passed.as_ref().filter(same).map_or(LastRun::Unknown, |_| LastRun::Passed)
    }

    /// The test that failed first in the last run, whatever has been edited since.
    pub fn failed_last(&self, exercise: &Exercise) -> Option<&str> {
        entry_of(&self.document, exercise)?.1.failed.as_ref()?.test.as_deref()
    }

    /// Whether the tests have ever run to their end, whatever has been edited since.
    pub fn has_run(&self, exercise: &Exercise) -> bool {
        entry_of(&self.document, exercise)
            .is_some_and(|(_, entry)| entry.passed.is_some() || entry.failed.is_some())
    }

    /// How many hints for a test have been shown.
    pub fn hints_shown(&self, exercise: &Exercise, test: &str) -> usize {
        let entry = entry_of(&self.document, exercise);
        entry.and_then(|(_, entry)| entry.hints.get(test).copied()).unwrap_or(0)
    }
}

impl Seen {
    /// Looks at an exercise's files. Look before the build: what is saved later may not be run.
    pub fn of(exercise: &Exercise) -> Self {
        // It will be needed when the run is over.
        toolchain::ask_ahead();
        let inputs = Inputs::of(exercise);
        let tests = Tests::in_snapshot(exercise, &inputs.snapshot);
        Self { inputs, tests }
    }

    /// Takes note of the files that the run was really built from.
    pub fn built_from(&mut self, sources: &[PathBuf]) {
        self.inputs.built_from(sources);
    }

    /// Whether the tests, and the tools that they use, are those that were shipped.
    pub fn as_shipped(&self) -> bool {
        self.tests.changed.is_empty()
    }
}

/// The fingerprint of the learner's file as it is now.
fn file_of(exercise: &Exercise) -> String {
    // A file that is not there has no contents, and no run passes with it.
    fingerprint(&fs::read(exercise.answer_file()).unwrap_or_default())
}

/// Remembers a run of the learner's file. `None`: it does not compile.
pub fn record(
    workspace: &Workspace,
    exercise: &Exercise,
    seen: &Seen,
    judgement: Option<&Judgement>,
) -> Recorded {
    let passed = judgement.is_some_and(Judgement::accepted);
    let so = if passed { ", so this pass does not count" } else { "" };
    let mut notices: Vec<String> = seen.tests.notice(exercise.root(), so).into_iter().collect();
    if judgement.is_some_and(|judgement| !passed && judgement.failing().next().is_none()) {
        // The machine was in the way: nothing is known that was not known before.
        return Recorded { solved: false, saved: Vec::new(), notices };
    }
    // What was saved while the build waited for its turn may be what ran, or not.
    let saved = seen.inputs.saved_since();
    if !saved.is_empty() {
        let was = if saved.len() == 1 { "was" } else { "were" };
        notices.push(format!(
            "{} {was} saved while the tests were built or run, so this run counts for nothing: run \
             it again",
            saved.join(" ")
        ));
        return Recorded { solved: false, saved, notices };
    }
    let solved = passed && seen.as_shipped();
    let run = |test: Option<String>| Run {
        file: seen.inputs.snapshot.fingerprint(&exercise.answer_file()).unwrap_or_default(),
        tests: seen.tests.now.clone(),
        inputs: Some(seen.inputs.hash()),
        also: seen.inputs.also(),
        test,
    };
    let mut was_solved = false;
    store::update(workspace, &mut notices, |document| {
        let entry = entry_to_change(document, exercise);
        if seen.as_shipped() {
            was_solved = entry.solved;
            entry.solved = solved;
        }
        if solved {
            entry.passed = Some(run(None));
            entry.failed = None;
            entry.hints.clear();
        } else if let Some(judgement) = judgement
            && let Some(first) = judgement.failing().next()
        {
            entry.failed = Some(run(Some(first.test.clone())));
        }
    });
    if was_solved && !solved && !pristine::is_start(exercise) {
        notices.push(no_longer_solved(&exercise.name, judgement));
    }
    Recorded { solved, saved, notices }
}

/// Said once: from now on it counts as started.
fn no_longer_solved(name: &str, judgement: Option<&Judgement>) -> String {
    let now = match judgement.and_then(|judgement| judgement.failing().next()) {
        Some(first) => format!("{} fails now", first.test),
        None => "it does not compile now".to_owned(),
    };
    format!("{name} was solved; {now}, so it counts as started until every test passes again")
}

/// Forgets that exercises are solved, and their hints: their files have been replaced.
///
/// The runs are remembered: where `undo` brings back a file that has passed, it is solved.
pub fn start_again(workspace: &Workspace, exercises: &[&Exercise]) -> Vec<String> {
    let mut notices = Vec::new();
    store::update(workspace, &mut notices, |document| {
        for exercise in exercises {
            if entry_of(document, exercise).is_some() {
                let entry = entry_to_change(document, exercise);
                entry.solved = false;
                entry.hints.clear();
            }
        }
    });
    notices
}

/// Remembers that so many hints for a test have been shown.
pub fn remember_hints(
    workspace: &Workspace,
    exercise: &Exercise,
    test: &str,
    shown: usize,
) -> Vec<String> {
    let mut notices = Vec::new();
    store::update(workspace, &mut notices, |document| {
        entry_to_change(document, exercise).hints.insert(test.to_owned(), shown);
    });
    notices
}

/// What is remembered of an exercise, under its name or a former one.
fn entry_of<'a>(document: &'a Document, exercise: &Exercise) -> Option<(&'a String, &'a Entry)> {
    exercise.names().find_map(|name| document.exercises.get_key_value(name))
}

/// The entry under the exercise's own name. What stands under a former name stays there: another
/// branch may still use it.
fn entry_to_change<'a>(document: &'a mut Document, exercise: &Exercise) -> &'a mut Entry {
    let former = entry_of(document, exercise).map(|(_, entry)| entry.clone());
    document.exercises.entry(exercise.name.clone()).or_insert_with(|| former.unwrap_or_default())
}
