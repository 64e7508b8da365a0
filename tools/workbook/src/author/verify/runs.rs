//! Builds all candidates together and runs them.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::Result;

use super::Options;
use crate::catalogue::workspace::Workspace;
use crate::catalogue::{Candidate, Exercise, Kind};
use crate::engine::compile::{self, Built, points_into};
use crate::engine::cpu_load::CpuLoad;
use crate::engine::judge::{self, Judgement, TestRun};
use crate::engine::process_group::CancelToken;
use crate::engine::scratch_workspace::{ScratchWorkspace, StandIn};

/// The most time that one run of a candidate's tests may take. A hang takes the watchdog's few
/// seconds; this is for what the watchdog cannot stop.
pub const LIMIT: Duration = Duration::from_secs(30);

/// A candidate, what the compiler said, and what became of its tests each time.
#[derive(Clone, Debug)]
pub struct Ran {
    /// The candidate.
    pub candidate: Candidate,
    /// The compiler's errors.
    pub errors: Vec<String>,
    /// The warnings that it has to answer for: those in its own file, and for the reference those
    /// in the tests as well.
    pub warnings: Vec<String>,
    /// Its runs; none if it does not compile.
    pub judgements: Vec<Judgement>,
}

/// Builds and runs the candidates of all exercises.
pub fn all(
    workspace: &Workspace,
    exercises: &[&Exercise],
    options: &Options,
    colours: bool,
) -> Result<Vec<Vec<Ran>>> {
    let mut of = Vec::new();
    let mut candidates = Vec::new();
    for (index, exercise) in exercises.iter().enumerate() {
        // What is not there has been reported, and cannot be built.
        let there = exercise.candidates().into_iter().filter(|candidate| candidate.file.is_file());
        for candidate in there {
            of.push(index);
            candidates.push(candidate);
        }
    }
    let stand_ins: Vec<StandIn> = of
        .iter()
        .zip(&candidates)
        .filter(|(index, _)| exercises[**index].spec().is_file())
        .map(|(index, candidate)| StandIn {
            exercise: exercises[*index],
            candidate: &candidate.name,
            file: &candidate.file,
        })
        .collect();
    let mut ran: Vec<Vec<Ran>> = exercises.iter().map(|_| Vec::new()).collect();
    if stand_ins.len() < candidates.len() || stand_ins.is_empty() {
        // An exercise without tests has been reported; nothing can be said about the rest of it.
        return Ok(ran);
    }
    let scratch = ScratchWorkspace::write(workspace, "verify", &stand_ins)?;
    let mut built = compile::build(workspace, &scratch, colours)?;
    if options.lint {
        let linted = compile::lint(workspace, &scratch, colours)?;
        for (built, linted) in built.iter_mut().zip(linted) {
            let new = linted.warnings.into_iter().chain(linted.errors);
            let known: Vec<String> = built.warnings.clone();
            built.warnings.extend(new.filter(|warning| !known.contains(warning)));
        }
    }
    let judgements = run_all(&of, exercises, &candidates, &built, options)?;
    for (((index, candidate), built), judgements) in
        of.into_iter().zip(candidates).zip(built).zip(judgements)
    {
        let answers_for = |warning: &String| {
            candidate.kind == Kind::Reference || points_into(warning, &candidate.file)
        };
        let warnings = built.warnings.into_iter().filter(answers_for).collect();
        ran[index].push(Ran { candidate, errors: built.errors, warnings, judgements });
    }
    Ok(ran)
}

fn run_all(
    of: &[usize],
    exercises: &[&Exercise],
    candidates: &[Candidate],
    built: &[Built],
    options: &Options,
) -> Result<Vec<Vec<Judgement>>> {
    let mut queue = VecDeque::new();
    for (index, built) in built.iter().enumerate() {
        let times = match candidates[index].kind {
            Kind::Start => 1,
            Kind::Reference | Kind::Alternative => options.repeat.max(1),
            // Some hang for seconds; a few runs show whether the explanation varies.
            Kind::Anti => options.repeat.clamp(1, 5),
        };
        if built.executable.is_some() && built.errors.is_empty() {
            queue.extend((0..times).map(|_| index));
        }
    }
    let _load = options.load.then(CpuLoad::start);
    let queue = Mutex::new(queue);
    let judgements: Mutex<Result<Vec<Vec<Judgement>>>> =
        Mutex::new(Ok(built.iter().map(|_| Vec::new()).collect()));
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    // Tests wait for events, so there may be a few more processes than cores; but two candidates
    // of one exercise must not make each other's real clocks late.
    let workers = thread::available_parallelism().map_or(2, usize::from).clamp(2, 8);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(index) = next() {
                    let exercise = exercises[of[index]];
                    let Some(executable) = &built[index].executable else { continue };
                    let folder = exercise.folder();
                    let order = exercise.manifest.test_names();
                    let judged = judge::judge(TestRun {
                        token: &CancelToken::default(),
                        executable,
                        folder: &folder,
                        order: &order,
                        limit: LIMIT,
                    });
                    let mut all = judgements.lock().unwrap_or_else(PoisonError::into_inner);
                    match (all.as_mut(), judged) {
                        (Ok(all), Ok(judgement)) => all[index].push(judgement),
                        (Ok(_), Err(error)) => *all = Err(error),
                        (Err(_), _) => {}
                    }
                }
            });
        }
    });
    judgements.into_inner().unwrap_or_else(PoisonError::into_inner)
}
