//! Right answers under conditions that a learner's code, or a learner's machine, may bring.
//!
//! That a test takes the right answers of this repository, on this machine, says little of those that
//! others write on theirs. So `verify --matrix` runs each reference and each alternative again: beside
//! a task that ticks, with a first call that is late, with few open files, on a machine that is far
//! too busy. A right answer stays right. What could not be asked is said as well, so that a clean
//! report does not claim more than was tried.

use std::{
    collections::BTreeSet,
    fmt, fs,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;
use serde::Serialize;

use super::{
    chosen,
    report::{Problem, describe},
    runs::{self, Job},
    spawned,
};
use crate::{
    catalogue::{Catalogue, Kind, workspace::Workspace},
    commands::verdict::Verdict,
    engine::{
        compile,
        cpu_load::CpuLoad,
        judge::{self, Judgement, TestOutcome, TestRun},
        process_group::CancelToken,
        scratch_workspace::EXERCISE,
        side_by_side::side_by_side,
        temporary_folder::TemporaryFolder,
    },
    terminal::{
        paint::Paint,
        report_text::{count, indented},
    },
};

/// So many busy threads for each core make a machine far too busy.
const BUSY: usize = 10;

/// A condition under which right answers are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Condition {
    /// Spawned on a multi-thread runtime, by the exercise's own tests of that
    Spawned,
    /// A task wakes each 20 ms beside the code under test
    Ticker,
    /// The first call of each test takes half a second until it reaches the service
    Late,
    /// At first 256 files may be open, as on macOS; the process may raise that limit
    Descriptors,
    /// Ten busy threads for each core
    Load,
}

impl Condition {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 5] =
        [Self::Spawned, Self::Ticker, Self::Late, Self::Descriptors, Self::Load];

    /// Its name, as the table has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Spawned => "spawned",
            Self::Ticker => "ticker",
            Self::Late => "late",
            Self::Descriptors => "descriptors",
            Self::Load => "load",
        }
    }

    /// What it is, after "a right answer passes".
    fn described(self) -> &'static str {
        match self {
            Self::Spawned => "when it is spawned on a multi-thread runtime",
            Self::Ticker => "beside a task that wakes each 20 ms",
            Self::Late => "when its first call comes 500 ms late",
            Self::Descriptors => "where 256 files may be open at first",
            Self::Load => "on a machine with ten busy threads for each core",
        }
    }

    /// What an author looks for when a right answer does not.
    fn remedy(self) -> &'static str {
        match self {
            Self::Spawned => "`cargo workbook verify` says more.",
            Self::Ticker => {
                "Look for a test that waits until nothing wakes up. Wait for an event instead."
            }
            Self::Late => {
                "Look for a test that takes quiet before the first call for the end of the calls, or \
                 a limit in real time."
            }
            Self::Descriptors => {
                "Let the test open fewer connections at once, or let the kit say that it cannot judge."
            }
            Self::Load => "Look for a limit in real time, and wait for an event instead.",
        }
    }

    /// What the shell sets before it becomes the test process.
    fn set_up(self) -> &'static str {
        match self {
            Self::Ticker => "export WORKBOOK_CONDITION=ticker",
            Self::Late => "export WORKBOOK_CONDITION=late",
            // The soft limit alone: where it cannot be raised, the test kit says that it cannot judge.
            Self::Descriptors => "ulimit -Sn 256",
            Self::Spawned | Self::Load => ":",
        }
    }

    /// Whether the test kit imposes it, and says on which tests it has.
    fn is_imposed_by_the_kit(self) -> bool {
        matches!(self, Self::Ticker | Self::Late)
    }
}

/// What came of it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Matrix {
    /// A row for each exercise.
    pub exercises: Vec<Row>,
    /// Right answers that were refused, or could not be built.
    pub problems: Vec<Problem>,
    /// What could not be asked.
    pub unasked: Vec<Unasked>,
    /// How many files were built and run.
    pub candidates: usize,
    /// How long it took, building included.
    pub seconds: f64,
}

/// An exercise under each condition.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Its name.
    pub exercise: String,
    /// Its reference and alternatives that were run.
    pub candidates: usize,
    /// A cell for each condition that was asked for, in their order.
    pub cells: Vec<Cell>,
}

/// The tests of all candidates of an exercise under one condition.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Cell {
    /// The condition.
    pub condition: Condition,
    /// So many were asked, each of each candidate.
    pub asked: usize,
    /// So many of these refused a right answer.
    pub refused: usize,
}

/// Tests of an exercise that a condition was not imposed on, or that could not judge under it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Unasked {
    /// The exercise.
    pub exercise: String,
    /// The condition.
    pub condition: Condition,
    /// Why not.
    pub why: String,
    /// Which tests.
    pub tests: BTreeSet<String>,
}

/// A candidate under a condition.
#[derive(Clone, Copy)]
struct Task {
    job: usize,
    condition: Condition,
}

/// What became of it.
struct Done {
    task: Task,
    /// None for [`Condition::Spawned`].
    judgement: Option<Judgement>,
    /// The tests on which the kit has imposed the condition.
    imposed: BTreeSet<String>,
    /// What the tests that spawn it said, if they failed.
    spawned: Option<String>,
}

/// Runs the matrix and prints what came of it.
pub fn run(
    workspace: &Workspace,
    names: &[String],
    conditions: &[Condition],
    json: bool,
) -> Result<Verdict> {
    let paint = if json { Paint::plain() } else { Paint::stdout() };
    let matrix = verify(workspace, names, conditions, paint.colours)?;
    if json {
        println!("{}", serde_json::to_string_pretty(&matrix)?);
    } else {
        print!("{}", Shown { matrix: &matrix, paint });
    }
    Ok(if matrix.problems.is_empty() { Verdict::Accepted } else { Verdict::Rejected })
}

/// Runs the right answers of the exercises asked for under each of these conditions; under all of
/// them if none is named.
pub fn verify(
    workspace: &Workspace,
    names: &[String],
    conditions: &[Condition],
    colours: bool,
) -> Result<Matrix> {
    if !cfg!(unix) {
        bail!("`--matrix` needs a Unix shell, which sets limits. Run it on Linux or macOS.");
    }
    let began = Instant::now();
    let asked = |condition: &Condition| conditions.is_empty() || conditions.contains(condition);
    let conditions: Vec<Condition> = Condition::ALL.into_iter().filter(asked).collect();
    let (catalogue, flaws) = Catalogue::survey(&workspace.root)?;
    let (exercises, flaws) = chosen(&catalogue, flaws, names)?;
    let right = |job: &Job| matches!(job.candidate.kind, Kind::Reference | Kind::Alternative);
    let jobs: Vec<Job> = runs::jobs(&exercises).into_iter().filter(right).collect();
    let mut matrix = Matrix { candidates: jobs.len(), ..Matrix::default() };
    matrix.problems.extend(flaws.into_iter().map(Problem::from));
    if jobs.is_empty() {
        return Ok(matrix);
    }
    let scratch = runs::scratch(workspace, "verify", &jobs)?;
    let built = compile::build(workspace, &scratch, colours)?;
    let mut binaries = Vec::new();
    for (job, built) in jobs.iter().zip(built) {
        let executable = built.executable.filter(|_| built.errors.is_empty());
        if executable.is_none() {
            matrix.problems.push(unbuilt(job, &built.errors));
        }
        binaries.push(executable);
    }
    let done = run_all(workspace, &jobs, &binaries, &conditions)?;
    for (place, exercise) in exercises.iter().enumerate() {
        let own: Vec<&Done> =
            done.iter().filter(|done| jobs[done.task.job].place == place).collect();
        let cells = conditions.iter().map(|&condition| cell(&own, condition));
        matrix.exercises.push(Row {
            exercise: exercise.name.clone(),
            candidates: jobs.iter().filter(|job| job.place == place).count(),
            cells: cells.collect(),
        });
        for done in &own {
            matrix.problems.extend(refusals(&jobs[done.task.job], done));
        }
        matrix.unasked.extend(unasked(&exercise.name, &own));
    }
    matrix.seconds = began.elapsed().as_secs_f64();
    Ok(matrix)
}

fn unbuilt(job: &Job, errors: &[String]) -> Problem {
    let happened = match errors {
        [] => "cargo built no test binary".to_owned(),
        errors => format!("the compiler says\n{}", errors.join("\n")),
    };
    let name = &job.exercise.name;
    let remedy = format!("Ask `cargo workbook verify {name}` first.");
    Problem::of(name).candidate(&job.candidate.name).says("it can be run", happened, remedy)
}

/// One condition after another. Candidates run side by side, but not on a busy machine: there each
/// is to meet the same.
fn run_all(
    workspace: &Workspace,
    jobs: &[Job],
    binaries: &[Option<PathBuf>],
    conditions: &[Condition],
) -> Result<Vec<Done>> {
    // Not in the system's temporary folder, from which nothing may be run on some machines.
    let place = workspace.target.join("workbook");
    let folder = TemporaryFolder::within(&place)
        .with_context(|| format!("cannot create a folder in {}", place.display()))?;
    let mut all = Vec::new();
    for &condition in conditions {
        let mut queue = Vec::new();
        for (job, binary) in binaries.iter().enumerate() {
            let asked = condition != Condition::Spawned || jobs[job].spawned;
            if let Some(binary) = binary.as_ref().filter(|_| asked) {
                let task = Task { job, condition };
                queue.push((task, Launcher::write(folder.path(), task, binary)?));
            }
        }
        let busy = condition == Condition::Load;
        let _load = busy.then(|| CpuLoad::of(BUSY));
        let workers = if busy { 1 } else { runs::workers() };
        let mut done = side_by_side(queue, workers, |(task, launcher)| {
            run_one(&jobs[task.job], task, &launcher)
        })?;
        done.sort_by_key(|done: &Done| done.task.job);
        all.extend(done);
    }
    Ok(all)
}

fn run_one(job: &Job, task: Task, launcher: &Launcher) -> Result<Done> {
    let folder = job.exercise.folder();
    let (judgement, spawned) = if task.condition == Condition::Spawned {
        (None, spawned::run(&launcher.script, &folder)?)
    } else {
        let judgement = judge::judge(TestRun {
            token: &CancelToken::default(),
            executable: &launcher.script,
            identity: None,
            sandbox: None,
            folder: &folder,
            module: job.spawned.then_some(EXERCISE),
            answer: &job.candidate.file,
            order: &job.exercise.manifest.test_names(),
            alone: false,
            limit: runs::limit(task.condition == Condition::Load),
        })?;
        (Some(judgement), None)
    };
    Ok(Done { task, judgement, imposed: launcher.imposed(), spawned })
}

/// A script that sets a condition up and becomes the test process. So nothing of a condition can
/// reach a learner's run.
struct Launcher {
    script: PathBuf,
    log: PathBuf,
}

impl Launcher {
    fn write(folder: &Path, task: Task, binary: &Path) -> Result<Self> {
        let name = format!("{}-{}", task.condition.name(), task.job);
        let (script, log) = (folder.join(format!("{name}.sh")), folder.join(format!("{name}.log")));
        let text = format!(
            "#!/bin/sh\n{}\nexport WORKBOOK_CONDITION_LOG={}\nexec {} \"$@\"\n",
            task.condition.set_up(),
            quoted(&log),
            quoted(binary)
        );
        write_script(&script, &text)
            .with_context(|| format!("cannot write {}", script.display()))?;
        Ok(Self { script, log })
    }

    /// The tests on which the kit has imposed the condition. No file: on none.
    fn imposed(&self) -> BTreeSet<String> {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        log.lines().map(str::to_owned).collect()
    }
}

/// As one word of a shell.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

#[cfg(unix)]
fn write_script(path: &Path, text: &str) -> std::io::Result<()> {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o700).open(path)?;
    file.write_all(text.as_bytes())
}

#[cfg(not(unix))]
fn write_script(path: &Path, text: &str) -> std::io::Result<()> {
    fs::write(path, text)
}

fn cell(done: &[&Done], condition: Condition) -> Cell {
    let mut cell = Cell { condition, asked: 0, refused: 0 };
    for done in done.iter().filter(|done| done.task.condition == condition) {
        let Some(judgement) = &done.judgement else {
            cell.asked += 1;
            cell.refused += usize::from(done.spawned.is_some());
            continue;
        };
        for judged in &judgement.tests {
            let asked = why_unasked(done, &judged.test, &judged.outcome).is_none();
            let passed = matches!(judged.outcome, TestOutcome::Passed);
            cell.asked += usize::from(asked);
            cell.refused += usize::from(asked && !passed);
        }
    }
    cell
}

/// Why a test says nothing about its condition. One that fails does, whatever the condition.
fn why_unasked(done: &Done, test: &str, outcome: &TestOutcome) -> Option<String> {
    match outcome {
        TestOutcome::NotJudged(failure) => Some(failure.headline.clone()),
        TestOutcome::Passed
            if done.task.condition.is_imposed_by_the_kit() && !done.imposed.contains(test) =>
        {
            Some("the test kit has no place in it for this condition".to_owned())
        }
        _ => None,
    }
}

fn refusals(job: &Job, done: &Done) -> Vec<Problem> {
    let condition = done.task.condition;
    let problem = || Problem::of(&job.exercise.name).candidate(&job.candidate.name);
    let says = |problem: Problem, happened: String| {
        let expected =
            format!("a right answer passes {} ({})", condition.described(), condition.name());
        problem.says(expected, happened, condition.remedy())
    };
    if let Some(said) = &done.spawned {
        return vec![says(problem(), format!("its tests say\n{}", indented(said)))];
    }
    let tests = done.judgement.iter().flat_map(|judgement| &judgement.tests);
    tests
        .filter(|judged| !matches!(judged.outcome, TestOutcome::Passed))
        .filter(|judged| why_unasked(done, &judged.test, &judged.outcome).is_none())
        .map(|judged| {
            let text = indented(&judged.outcome.text());
            says(problem().test(&judged.test), format!("it fails\n{text}"))
        })
        .collect()
}

fn unasked(exercise: &str, done: &[&Done]) -> Vec<Unasked> {
    let mut all: Vec<Unasked> = Vec::new();
    for done in done {
        let condition = done.task.condition;
        let tests = done.judgement.iter().flat_map(|judgement| &judgement.tests);
        for judged in tests {
            let Some(why) = why_unasked(done, &judged.test, &judged.outcome) else { continue };
            let same = |known: &&mut Unasked| known.condition == condition && known.why == why;
            match all.iter_mut().find(same) {
                Some(known) => drop(known.tests.insert(judged.test.clone())),
                None => all.push(Unasked {
                    exercise: exercise.to_owned(),
                    condition,
                    why,
                    tests: BTreeSet::from([judged.test.clone()]),
                }),
            }
        }
    }
    all.sort();
    all
}

/// A matrix as a terminal shows it: the table, the refusals, and what was not asked.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The matrix.
    pub matrix: &'a Matrix,
    /// The colours.
    pub paint: Paint,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { matrix, paint } = self;
        let names = matrix.exercises.iter().map(|row| row.exercise.len());
        let width = names.max().unwrap_or(0).max(8);
        let cells = matrix.exercises.first().map_or(&[][..], |row| &row.cells);
        let conditions: Vec<String> =
            cells.iter().map(|cell| format!("  {:>11}", cell.condition.name())).collect();
        let head = format!("  {:width$}  candidates{}", "exercise", conditions.concat());
        writeln!(f, "{}", paint.dim(head))?;
        for row in &matrix.exercises {
            write!(f, "  {:width$}  {:>10}", row.exercise, row.candidates)?;
            for cell in &row.cells {
                let passed = cell.asked - cell.refused;
                write!(f, "  {:>11}", format!("{passed}/{}", cell.asked))?;
            }
            writeln!(f)?;
        }
        writeln!(f)?;
        for problem in &matrix.problems {
            describe(problem, *paint, f)?;
        }
        for Unasked { exercise, condition, why, tests } in &matrix.unasked {
            let tests: Vec<&str> = tests.iter().map(String::as_str).collect();
            let name = condition.name();
            writeln!(f, "not asked: {exercise} · {name}: {why}: {}", tests.join(", "))?;
        }
        let candidates = count(matrix.candidates, "candidate");
        match matrix.problems.len() {
            0 => write!(f, "{}", paint.good("Right answers stay right."))?,
            some => write!(f, "{}", paint.bad(format!("{}.", count(some, "problem"))))?,
        }
        writeln!(f, " ({candidates}, {:.1} s)", matrix.seconds)
    }
}

#[cfg(test)]
mod tests {
    use timeline::outcome::{Failure, Kind};

    use super::*;

    #[test]
    fn a_test_that_could_not_be_judged_refuses_nothing() {
        let task = Task { job: 0, condition: Condition::Descriptors };
        let done = Done { task, judgement: None, imposed: BTreeSet::new(), spawned: None };
        let why = |kind| {
            let failure = Failure { headline: "too few".to_owned(), ..Failure::new(kind) };
            why_unasked(&done, "a", &failure.into())
        };
        assert_eq!(why(Kind::NotJudged).as_deref(), Some("too few"));
        assert_eq!(why(Kind::Verdict), None);
    }
}
