//! The runs of the learner's file: one at a time, and a newer one takes the place of an older.

use std::sync::mpsc::Sender;
use std::thread::{self, JoinHandle};
use std::time::Instant;

use anyhow::Result;

use super::checking::Checked;
use super::event::Event;
use super::run_outcome::{Found, RunOutcome};
use crate::catalogue::Exercise;
use crate::catalogue::workspace::Workspace;
use crate::commands::{test, test_all};
use crate::engine::compile::{self, LearnersBuild};
use crate::engine::judge::{self, TestRun};
use crate::engine::process_group::CancelToken;
use crate::learner::progress::Seen;

/// The number of the run that begins with the screen.
pub const FIRST_RUN: u64 = 1;

/// Starts runs and cancels them.
pub struct Runner {
    workspace: Workspace,
    colours: bool,
    tell: Sender<Event>,
    last: Option<(CancelToken, JoinHandle<()>)>,
    /// The next run's.
    number: u64,
}

impl Runner {
    /// Runs will be told to `tell`.
    pub fn new(workspace: &Workspace, colours: bool, tell: Sender<Event>) -> Self {
        Self { workspace: workspace.clone(), colours, tell, last: None, number: FIRST_RUN }
    }

    /// Starts a run, instead of the one that may be under way. Its number.
    pub fn start(&mut self, exercise: &Exercise) -> u64 {
        let (tell, colours) = (self.tell.clone(), self.colours);
        let (workspace, exercise) = (self.workspace.clone(), exercise.clone());
        self.replace(move |number, token| {
            let mut seen = Seen::of(&exercise);
            let progress = |line: &str| {
                tell.send(Event::Progress(number, line.to_owned())).ok();
            };
            let found = run(&workspace, &exercise, &mut seen, token, colours, &progress)
                .unwrap_or_else(|error| Found::Trouble(format!("{error:#}")));
            // What was cancelled half way says nothing.
            if !token.is_cancelled() {
                let lookalikes = match &found {
                    Found::Judged(judgement) => test::lookalikes(&exercise, &seen, judgement),
                    Found::NotBuilt(_) | Found::Trouble(_) => Vec::new(),
                };
                let saved = seen.inputs.saved_since();
                let ended = Instant::now();
                let outcome = RunOutcome { number, ended, seen, saved, found, lookalikes };
                // Nobody listens any more when the command is ending.
                tell.send(Event::Ended(Box::new(outcome))).ok();
            }
        })
    }

    /// Starts to run these exercises one after another, instead of the run that may be under way.
    /// Each has its row in the check of all. The number of that check.
    pub fn start_all(&mut self, exercises: Vec<(usize, Exercise)>) -> u64 {
        let (tell, workspace) = (self.tell.clone(), self.workspace.clone());
        self.replace(move |number, token| {
            // Nobody listens any more when the command is ending.
            for (row, exercise) in exercises {
                let say = |said| tell.send(Event::Checked(number, row, said)).ok();
                let progress = |line: &str| {
                    say(Checked::Doing(line.to_owned()));
                };
                match test_all::one(&workspace, &exercise, token, &progress) {
                    Some((came, notices)) => say(Checked::Came(came, notices)),
                    None => return,
                };
            }
            tell.send(Event::CheckEnded(number)).ok();
        })
    }

    /// Begins `work` once what may be under way has ended. Its number, which no other has.
    fn replace(&mut self, work: impl FnOnce(u64, &CancelToken) + Send + 'static) -> u64 {
        self.cancel();
        let number = self.number;
        self.number += 1;
        let token = CancelToken::default();
        let (its, before) = (token.clone(), self.last.take());
        let thread = thread::spawn(move || {
            // Two cargos at once would only wait for each other.
            if let Some((_, thread)) = before {
                thread.join().ok();
            }
            work(number, &its);
        });
        self.last = Some((token, thread));
        number
    }

    /// Ends the run that may be under way, with all that it started.
    pub fn cancel(&self) {
        if let Some((token, _)) = &self.last {
            token.cancel();
        }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.cancel();
        if let Some((_, thread)) = self.last.take() {
            // It is joined so that nothing of it is left.
            thread.join().ok();
        }
    }
}

/// Builds and runs the learner's file of an exercise, with nothing on the terminal. `progress` gets
/// what cargo says, and an empty line once the tests run.
pub fn run(
    workspace: &Workspace,
    exercise: &Exercise,
    seen: &mut Seen,
    token: &CancelToken,
    colours: bool,
    progress: &(dyn Fn(&str) + Sync),
) -> Result<Found> {
    test::is_whole(exercise)?;
    let (name, snapshot) = (&exercise.name, &seen.inputs.snapshot);
    let built = compile::build_streaming(workspace, name, snapshot, token, colours, progress)?;
    let LearnersBuild { executable, sources } = match built {
        Ok(built) => built,
        Err(why) => return Ok(Found::NotBuilt(why)),
    };
    seen.built_from(&sources);
    progress("");
    let folder = exercise.folder();
    let order = exercise.manifest.test_names();
    let test_run = TestRun {
        token,
        executable: &executable,
        identity: None,
        sandbox: None,
        folder: &folder,
        module: None,
        answer: &exercise.answer_file(),
        order: &order,
        alone: false,
        limit: test::LIMIT,
    };
    judge::judge(test_run).map(Found::Judged)
}
