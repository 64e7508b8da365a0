//! Builds all candidates together and runs them.

use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::Result;

use super::{Options, spawned};
use crate::catalogue::workspace::Workspace;
use crate::catalogue::{Candidate, Exercise, Kind};
use crate::engine::compile::{self, Built, points_into};
use crate::engine::cpu_load::CpuLoad;
use crate::engine::judge::{self, Judgement, TestRun};
use crate::engine::process_group::CancelToken;
use crate::engine::scratch_workspace::{EXERCISE, ScratchWorkspace, StandIn};
use crate::engine::side_by_side::side_by_side;

/// The most time that one run of a candidate's tests may take. A hang takes the watchdog's few
/// seconds, and on a machine with much else to do up to twenty; this is for what the watchdog cannot
/// stop.
pub(super) const LIMIT: Duration = Duration::from_mins(1);

/// On a machine that is kept busy it may take so many times as long.
const SLOWER: u32 = 6;

/// The most time that one run may take, on a machine that is kept busy or on any other.
pub(super) fn limit(busy: bool) -> Duration {
    if busy { LIMIT * SLOWER } else { LIMIT }
}

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
    /// What the tests that spawn it have said, each time that they failed.
    pub spawned: Vec<String>,
}

/// What is to be built and run.
pub(super) struct Job<'a> {
    /// The exercise's place among those asked for.
    pub(super) place: usize,
    pub(super) exercise: &'a Exercise,
    pub(super) candidate: Candidate,
    /// Whether it is spawned as well.
    pub(super) spawned: bool,
}

/// What came of the runs of a candidate.
#[derive(Clone, Default)]
struct Results {
    judgements: Vec<Judgement>,
    spawned: Vec<String>,
}

/// Builds and runs the candidates of all exercises.
pub fn all(
    workspace: &Workspace,
    exercises: &[&Exercise],
    options: &Options,
    colours: bool,
) -> Result<Vec<Vec<Ran>>> {
    let jobs = jobs(exercises);
    let mut ran: Vec<Vec<Ran>> = exercises.iter().map(|_| Vec::new()).collect();
    if jobs.is_empty() {
        return Ok(ran);
    }
    let scratch = scratch(workspace, "verify", &jobs)?;
    let mut built = compile::build(workspace, &scratch, colours)?;
    if options.lint {
        let linted = compile::lint(workspace, &scratch, colours)?;
        for (built, linted) in built.iter_mut().zip(linted) {
            let new = linted.warnings.into_iter().chain(linted.errors);
            let known: Vec<String> = built.warnings.clone();
            built.warnings.extend(new.filter(|warning| !known.contains(warning)));
        }
    }
    let results = run_all(&jobs, &built, options)?;
    for ((job, built), results) in jobs.into_iter().zip(built).zip(results) {
        let candidate = job.candidate;
        let answers_for = |warning: &String| {
            candidate.kind == Kind::Reference || points_into(warning, &candidate.file)
        };
        let warnings = built.warnings.into_iter().filter(answers_for).collect();
        let Results { judgements, spawned } = results;
        ran[job.place].push(Ran { candidate, errors: built.errors, warnings, judgements, spawned });
    }
    Ok(ran)
}

/// The workspace `set`, in which all these candidates are built.
pub(super) fn scratch(workspace: &Workspace, set: &str, jobs: &[Job]) -> Result<ScratchWorkspace> {
    let files: Vec<_> = jobs.iter().map(|job| job.exercise.spawned_file()).collect();
    let stand_ins: Vec<StandIn> = jobs
        .iter()
        .zip(&files)
        .map(|(job, spawned)| StandIn {
            exercise: job.exercise,
            candidate: &job.candidate.name,
            file: &job.candidate.file,
            spawned: job.spawned.then_some(spawned),
        })
        .collect();
    ScratchWorkspace::write(workspace, set, &stand_ins)
}

/// The candidates that can be built. What is not there has been reported.
pub(super) fn jobs<'a>(exercises: &[&'a Exercise]) -> Vec<Job<'a>> {
    let mut jobs = Vec::new();
    for (place, exercise) in exercises.iter().enumerate() {
        if !exercise.spec().is_file() || !exercise.given_file().is_file() {
            continue;
        }
        let there = exercise.candidates().into_iter().filter(|candidate| candidate.file.is_file());
        jobs.extend(there.map(|candidate| Job {
            place,
            exercise,
            spawned: exercise.is_spawned(&candidate) && exercise.spawned_file().is_file(),
            candidate,
        }));
    }
    jobs
}

fn run_all(jobs: &[Job], built: &[Built], options: &Options) -> Result<Vec<Results>> {
    let mut queue = Vec::new();
    for (index, (job, built)) in jobs.iter().zip(built).enumerate() {
        let times = match job.candidate.kind {
            Kind::Start => 1,
            Kind::Reference | Kind::Alternative => options.repeat.max(1),
            // Some hang for seconds; a few runs show whether the explanation varies.
            Kind::Anti => options.repeat.clamp(1, 5),
        };
        if let Some(executable) = built.executable.as_ref().filter(|_| built.errors.is_empty()) {
            queue.extend((0..times).map(|_| (index, executable)));
        }
    }
    let _load = options.load.then(CpuLoad::start);
    let limit = limit(options.load);
    let done = side_by_side(queue, workers(), |(index, executable)| {
        Ok((index, run_one(&jobs[index], executable, limit)?))
    })?;
    let mut results = vec![Results::default(); jobs.len()];
    for (index, (judgement, spawned)) in done {
        results[index].judgements.push(judgement);
        results[index].spawned.extend(spawned);
    }
    Ok(results)
}

/// How many candidates to run at once. Tests wait for events, so there may be a few more processes
/// than cores; but two candidates of one exercise must not make each other's real clocks late.
pub(super) fn workers() -> usize {
    thread::available_parallelism().map_or(2, usize::from).clamp(2, 8)
}

/// Whether each test of a candidate is to have a process of its own.
fn is_alone(job: &Job) -> bool {
    let wrong = job.exercise.manifest.wrong_answer(&job.candidate.name);
    job.candidate.kind == Kind::Anti && wrong.is_some_and(|wrong| wrong.alone)
}

/// One run of a candidate, and what the tests that spawn it say, unless they pass.
fn run_one(job: &Job, executable: &Path, limit: Duration) -> Result<(Judgement, Option<String>)> {
    let folder = job.exercise.folder();
    let order = job.exercise.manifest.test_names();
    let judgement = judge::judge(TestRun {
        token: &CancelToken::default(),
        executable,
        identity: None,
        sandbox: None,
        folder: &folder,
        module: job.spawned.then_some(EXERCISE),
        answer: &job.candidate.file,
        order: &order,
        alone: is_alone(job),
        limit,
    })?;
    let said = if job.spawned { spawned::run(executable, &folder)? } else { None };
    Ok((judgement, said))
}
