//! The runs of the learner's file: one at a time, and a newer one takes the place of an older.

use std::sync::mpsc::Sender;
use std::thread::{self, JoinHandle};

use anyhow::Result;

use super::event::Event;
use super::found::{Found, Outcome};
use crate::catalogue::Exercise;
use crate::children::Work;
use crate::compile;
use crate::judge::{self, Case};
use crate::progress::Seen;
use crate::test;
use crate::workspace::Workspace;

/// Starts runs and calls them off.
pub struct Runner {
    workspace: Workspace,
    colours: bool,
    tell: Sender<Event>,
    last: Option<(Work, JoinHandle<()>)>,
    number: u64,
}

impl Runner {
    /// Runs will be told to `tell`.
    pub fn new(workspace: &Workspace, colours: bool, tell: Sender<Event>) -> Self {
        Self { workspace: workspace.clone(), colours, tell, last: None, number: 0 }
    }

    /// Starts a run, instead of the one that may be under way. Its number.
    pub fn start(&mut self, exercise: &Exercise) -> u64 {
        self.call_off();
        self.number += 1;
        let number = self.number;
        let work = Work::default();
        let before = self.last.take();
        let (tell, its, colours) = (self.tell.clone(), work.clone(), self.colours);
        let (workspace, exercise) = (self.workspace.clone(), exercise.clone());
        let thread = thread::spawn(move || {
            // Two cargos at once would only wait for each other.
            if let Some((_, thread)) = before {
                thread.join().ok();
            }
            let seen = Seen::of(&exercise);
            let progress = |line: &str| {
                tell.send(Event::Progress(number, line.to_owned())).ok();
            };
            let found = run(&workspace, &exercise, &its, colours, &progress)
                .unwrap_or_else(|error| Found::Trouble(format!("{error:#}")));
            // What was called off half way says nothing.
            if !its.is_called_off() {
                let outcome = Outcome { number, seen, found };
                // Nobody listens any more when the command is ending.
                tell.send(Event::Ended(Box::new(outcome))).ok();
            }
        });
        self.last = Some((work, thread));
        number
    }

    /// Ends the run that may be under way, with all that it started.
    pub fn call_off(&self) {
        if let Some((work, _)) = &self.last {
            work.call_off();
        }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.call_off();
        if let Some((_, thread)) = self.last.take() {
            // It is joined so that nothing of it is left.
            thread.join().ok();
        }
    }
}

fn run(
    workspace: &Workspace,
    exercise: &Exercise,
    work: &Work,
    colours: bool,
    progress: &(dyn Fn(&str) + Sync),
) -> Result<Found> {
    let executable = match compile::quietly(workspace, &exercise.name, work, colours, progress)? {
        Ok(executable) => executable,
        Err(why) => return Ok(Found::NotBuilt(why)),
    };
    progress("");
    let folder = exercise.folder();
    let order = exercise.manifest.test_names();
    let case =
        Case { work, executable: &executable, folder: &folder, order: &order, limit: test::LIMIT };
    judge::judge(case).map(Found::Judged)
}
