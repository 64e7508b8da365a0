//! What became of each test, without trust in what the process printed.
//!
//! The tests are those that the binary lists. One has passed if its outcome, sealed with the key of
//! this run, says so and its process came to a regular end. Where a process dies half way, the
//! tests that it leaves open are run again, each in a process of its own, so that each has its
//! own outcome and the one that ended all others is named.
//!
//! A failure that the machine may have brought about is not told on its own word: see `confirm`. Nor
//! is a hang that another test may have brought about: see [`held_up`].

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use timeline::Timeline;
use timeline::outcome::{CANNOT_WRITE, Failure, Kind, Outcome, ReadOn, State};
use timeline::visible;

use crate::engine::account::{WIDTH, account};
use crate::engine::held_up;
use crate::engine::printed::{Printed, Report, Tail};
use crate::engine::process_group::CancelToken;
use crate::engine::run_journal::{LONGEST, Left, RunJournal};
use crate::engine::sandbox::Sandbox;
use crate::engine::side_by_side::side_by_side;
use crate::engine::test_binary::Identity;
use crate::engine::test_process::{ExitKind, TestExit, run};
use crate::terminal::text;

/// The cause of a failure where nothing that was seen proves one.
pub const UNEXPLAINED: &str = "unexplained";
/// The cause of a test whose process ended before the test did.
pub const PROCESS_ENDED: &str = "process_ended";
/// The cause of a test that has reached a `todo!()`.
pub const UNWRITTEN: &str = "unwritten";

/// The cause of what was not judged. No manifest lists it.
pub const NOT_JUDGED: &str = "not_judged";

/// The exit code of a test binary of which a test has failed.
const TESTS_FAILED: i32 = 101;
/// So many processes at once, when tests are run one by one: most of them wait.
const ISOLATED_AT_ONCE: usize = 8;

/// How often a test is run again whose failure is in doubt.
const AGAIN: usize = 2;

/// What became of all tests of a candidate.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The tests, in order of difficulty.
    pub tests: Vec<TestResult>,
    /// How long it took.
    pub took: Duration,
}

/// What became of one test.
#[derive(Clone, Debug)]
pub struct TestResult {
    /// The name of the test function.
    pub test: String,
    /// What became of it.
    pub outcome: TestOutcome,
    /// What it journaled, where it got that far.
    pub timeline: Option<Timeline>,
    /// What the code printed during it, where it has failed.
    pub printed: Option<Printed>,
}

/// What became of a test.
#[derive(Clone, Debug)]
pub enum TestOutcome {
    /// All that it asked for was so.
    Passed,
    /// It ended with an explanation.
    Failed(Box<Failure>),
    /// Its process ended before the test did.
    NotFinished(Crash),
    /// The machine was in the way, so nothing is said about the code.
    NotJudged(Box<Failure>),
}

/// Why a test's process ended before the test did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Crash {
    /// What happened, in one line.
    pub headline: String,
    /// What to make of it.
    pub why: String,
    /// The last lines that the process printed. They vary: they are shown, and never recorded.
    pub output: String,
    /// Whether the process was ended because its time was over.
    pub over_limit: bool,
}

/// What to judge, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct TestRun<'a> {
    /// What can cancel it. A judgement that was cancelled is worth nothing.
    pub token: &'a CancelToken,
    /// The test binary.
    pub executable: &'a Path,
    /// What the binary was before any of its code ran, where nobody else may change it meanwhile.
    pub identity: Option<&'a Identity>,
    /// What confines it, if anything.
    pub sandbox: Option<&'a Sandbox>,
    /// The folder to run it in: the exercise's own, as cargo does.
    pub folder: &'a Path,
    /// The module that holds the exercise's tests, where the binary has others as well.
    pub module: Option<&'a str>,
    /// The file with the code that is judged.
    pub answer: &'a Path,
    /// The names of the tests in order of difficulty. Others follow in the binary's order.
    pub order: &'a [String],
    /// Whether each test has a process of its own, for code that uses what a process has only one of.
    pub alone: bool,
    /// The most time that all of it may take.
    pub limit: Duration,
}

impl Judgement {
    /// Whether there are tests, and all have passed.
    pub fn accepted(&self) -> bool {
        let passed = |judged: &TestResult| matches!(judged.outcome, TestOutcome::Passed);
        !self.tests.is_empty() && self.tests.iter().all(passed)
    }

    /// The tests that have failed.
    pub fn failing(&self) -> impl Iterator<Item = &TestResult> {
        self.tests.iter().filter(|judged| judged.outcome.has_failed())
    }

    /// The tests of which nothing can be said, because the machine was in the way.
    pub fn not_judged(&self) -> impl Iterator<Item = &TestResult> {
        let not_judged = |judged: &&TestResult| judged.outcome.is_not_judged();
        self.tests.iter().filter(not_judged)
    }

    /// The test of that name.
    pub fn of(&self, test: &str) -> Option<&TestResult> {
        self.tests.iter().find(|judged| judged.test == test)
    }
}

impl From<Failure> for TestOutcome {
    fn from(failure: Failure) -> Self {
        match failure.kind {
            Kind::NotJudged => Self::NotJudged(Box::new(failure)),
            _ => Self::Failed(Box::new(failure)),
        }
    }
}

impl TestOutcome {
    /// Whether it failed, for certain.
    pub fn has_failed(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::NotFinished(_))
    }

    /// Whether the machine was in the way.
    pub fn is_not_judged(&self) -> bool {
        matches!(self, Self::NotJudged(_))
    }

    /// Whether the machine may have brought it about.
    pub fn is_doubtful(&self) -> bool {
        match self {
            Self::Failed(failure) => failure.doubtful,
            Self::NotJudged(_) => true,
            Self::Passed | Self::NotFinished(_) => false,
        }
    }

    /// The explanation in full; empty for a test that has passed.
    pub fn text(&self) -> String {
        match self {
            Self::Passed => String::new(),
            Self::Failed(failure) | Self::NotJudged(failure) => failure.text.clone(),
            Self::NotFinished(crash) => {
                format!("{}\n\n{}", crash.headline, text::wrap(&crash.why, WIDTH).join("\n"))
            }
        }
    }

    /// What went wrong, in one line; empty for a test that has passed.
    pub fn headline(&self) -> &str {
        match self {
            Self::Passed => "",
            Self::Failed(failure) | Self::NotJudged(failure) => &failure.headline,
            Self::NotFinished(crash) => &crash.headline,
        }
    }

    /// Where the book explains it.
    pub fn read_on(&self) -> Option<&ReadOn> {
        match self {
            Self::Failed(failure) | Self::NotJudged(failure) => failure.read_on.as_ref(),
            Self::Passed | Self::NotFinished(_) => None,
        }
    }

    /// Why it failed, as an id that `exercise.toml` lists; empty for a test that has passed.
    pub fn cause(&self) -> &str {
        match self {
            Self::Passed => "",
            Self::NotFinished(_) => PROCESS_ENDED,
            Self::NotJudged(_) => NOT_JUDGED,
            Self::Failed(failure) if failure.kind == Kind::Unfinished => UNWRITTEN,
            Self::Failed(failure) if failure.cause.is_empty() => UNEXPLAINED,
            Self::Failed(failure) => &failure.cause,
        }
    }
}

impl TestRun<'_> {
    /// Whether the binary is not what it was.
    fn has_changed(&self) -> bool {
        self.identity.is_some_and(|identity| Identity::of(self.executable) != *identity)
    }
}

/// Runs a candidate's tests and says what became of each.
pub fn judge(test_run: TestRun) -> Result<Judgement> {
    let began = Instant::now();
    let deadline = began + test_run.limit;
    // The first run may use half of the time, so that something is left to find out which test it
    // was that did not end.
    let half = began + test_run.limit / 2;
    let (tests, ran) = thread::scope(|scope| {
        // The list is needed only when the run has ended: the learner does not wait for it.
        let tests = scope.spawn(|| list(test_run, deadline));
        let ran = (!test_run.alone).then(|| {
            let module = test_run.module.map(|module| format!("{module}::"));
            let only: Vec<&str> = module.as_deref().into_iter().collect();
            run_tests(test_run, &only, half)
        });
        (tests.join(), ran)
    });
    let tests = match tests.unwrap_or_else(|panic| std::panic::resume_unwind(panic))? {
        Listed::Tests(tests) => tests,
        Listed::Nothing(crash) => return Ok(nothing_ran(test_run, &crash, began.elapsed())),
    };
    let (mut results, open) = match ran {
        Some(ran) => settled(&tests, ran?),
        None => (Results::new(), tests.clone()),
    };
    tell_who_is_held_up(test_run, &mut results, deadline)?;
    results.extend(judge_isolated(test_run, open, deadline)?);
    for test in &tests {
        if let Some(first) = results.remove(test) {
            let again = || run_isolated(test_run, test, deadline);
            results.insert(test.clone(), confirm(first, deadline, again)?);
        }
    }

    if test_run.has_changed() {
        // Whatever passed may have passed in another program.
        for Found { outcome, .. } in results.values_mut() {
            if let TestOutcome::Passed = outcome {
                *outcome = TestOutcome::NotFinished(changed());
            }
        }
    }

    let place = |name: &str| test_run.order.iter().position(|known| known == name);
    let mut judged: Vec<TestResult> = tests
        .into_iter()
        .filter_map(|test| {
            let Found { outcome, timeline, printed } = results.remove(&test)?;
            Some(TestResult { test: strip_module(&test).to_owned(), outcome, timeline, printed })
        })
        .collect();
    judged.sort_by_key(|judged| place(&judged.test).unwrap_or(usize::MAX));
    Ok(Judgement { tests: judged, took: began.elapsed() })
}

/// What a run of all the tests together has settled, and the tests that it has not.
fn settled(tests: &[String], ran: Ran) -> (Results, Vec<String>) {
    let Ran { how, report, mut outcomes, .. } = ran;
    let settled = tests.iter().all(|test| {
        outcomes.get(strip_module(test)).is_some_and(|outcome| outcome.state != State::Started)
    });
    let all_passed = settled && tests.iter().all(|test| has_passed(&outcomes, test));
    let regular = match how {
        ExitKind::Code(0) => all_passed,
        ExitKind::Code(TESTS_FAILED) => settled && !all_passed,
        _ => false,
    };

    let mut results = Results::new();
    let mut open = Vec::new();
    for test in tests {
        match outcomes.remove(strip_module(test)) {
            Some(Outcome { failure: Some(failure), timeline, .. }) => {
                let printed = report.printed(test, &failure.text);
                let outcome = failure.into();
                let found = Found { outcome, timeline: Some(timeline), printed };
                results.insert(test.clone(), found);
            }
            Some(Outcome { state: State::Passed, timeline, .. }) if regular => {
                let timeline = Some(timeline);
                let found = Found { timeline, ..TestOutcome::Passed.into() };
                results.insert(test.clone(), found);
            }
            _ => open.push(test.clone()),
        }
    }
    (results, open)
}

/// What a binary says when it is asked for its tests.
enum Listed {
    /// The tests, as it names them.
    Tests(Vec<String>),
    /// It ended before it named any, though there are some.
    Nothing(Crash),
}

/// Each test that there should be, where the program did not come to any.
fn nothing_ran(test_run: TestRun, crash: &Crash, took: Duration) -> Judgement {
    let result = |test: &String| TestResult {
        test: test.clone(),
        outcome: TestOutcome::NotFinished(crash.clone()),
        timeline: None,
        printed: None,
    };
    Judgement { tests: test_run.order.iter().map(result).collect(), took }
}

fn before_the_tests(how: ExitKind, output: &str, limit: Duration) -> Crash {
    let headline = match how {
        ExitKind::OverLimit => {
            format!("the program did not get to its tests within {} s", limit.as_secs_f64())
        }
        ExitKind::Code(code) => {
            format!("the program ended before it got to its tests, with exit code {code}")
        }
        ExitKind::Signal(signal) => {
            let name = name_of(signal);
            format!("the program ended before it got to its tests, by signal {signal}{name}")
        }
    };
    let mut why =
        "Something in the file runs before the tests do, such as a function in the linker's \
                   section `.init_array`. Remove it: the tests call your code."
            .to_owned();
    if how == ExitKind::Code(0) {
        why.push_str(" If that is not so, the exercise's tests are gone: look into its `tests`.");
    }
    Crash { headline, why, output: last_lines(output), over_limit: how == ExitKind::OverLimit }
}

/// The tests of a binary.
fn list(test_run: TestRun, deadline: Instant) -> Result<Listed> {
    let arguments = ["--list", "--format", "terse"];
    let ended =
        run(test_run.token, test_run.executable, test_run.folder, &arguments, None, deadline)?;
    let output = ended.output.text();
    let tests: Vec<String> = output
        .lines()
        .filter_map(|line| line.strip_suffix(": test"))
        .filter(|test| {
            let within = |module| test.split_once("::").is_some_and(|(first, _)| first == module);
            test_run.module.is_none_or(within)
        })
        .map(str::to_owned)
        .collect();
    let mut names = HashSet::new();
    if let Some(twice) = tests.iter().find(|test| !names.insert(strip_module(test))) {
        bail!(
            "two tests are called `{}`, in two modules: their outcomes could not be told apart\n\
             Give one of them another name.",
            strip_module(twice)
        );
    }
    if tests.is_empty() && !test_run.order.is_empty() {
        let crash = before_the_tests(ended.how, &output, test_run.limit);
        return Ok(Listed::Nothing(crash));
    }
    if tests.is_empty() {
        bail!(
            "the test binary lists no tests. It ended with {:?}:\n{}",
            ended.how,
            visible(&output)
        );
    }
    Ok(Listed::Tests(tests))
}

/// In the solution's package the spec is a module: its tests are called `exercise::name`.
fn strip_module(test: &str) -> &str {
    test.rsplit("::").next().unwrap_or(test)
}

fn has_passed(outcomes: &HashMap<String, Outcome>, test: &str) -> bool {
    outcomes.get(strip_module(test)).is_some_and(|outcome| outcome.state == State::Passed)
}

/// What a test binary has left behind.
struct Ran {
    how: ExitKind,
    output: Tail,
    report: Report,
    /// By the name of the test.
    outcomes: HashMap<String, Outcome>,
    /// Outcomes that are too long to be read, and their lengths in bytes.
    too_long: HashMap<String, u64>,
}

/// Runs the binary and reads the outcomes that this very run has written.
fn run_tests(test_run: TestRun, arguments: &[&str], deadline: Instant) -> Result<Ran> {
    let journal = RunJournal::new(test_run.sandbox)?;
    let TestRun { token, executable, folder, .. } = test_run;
    let ended = run(token, executable, folder, arguments, Some(&journal), deadline)?;
    let Left { outcomes, too_long } = journal.left()?;
    let TestExit { how, output, report } = ended;
    Ok(Ran { how, output, report, outcomes, too_long })
}

/// What became of a test, what it journaled, and what was printed.
struct Found {
    outcome: TestOutcome,
    timeline: Option<Timeline>,
    printed: Option<Printed>,
}

impl From<TestOutcome> for Found {
    fn from(outcome: TestOutcome) -> Self {
        Self { outcome, timeline: None, printed: None }
    }
}

type Results = HashMap<String, Found>;

/// Runs each of the tests in a process of its own.
fn judge_isolated(test_run: TestRun, tests: Vec<String>, deadline: Instant) -> Result<Results> {
    let workers = tests.len().min(ISOLATED_AT_ONCE);
    let results = side_by_side(tests, workers, |test| {
        let found = run_isolated(test_run, &test, deadline)?;
        Ok((test, found))
    })?;
    Ok(results.into_iter().collect())
}

fn run_isolated(test_run: TestRun, test: &str, deadline: Instant) -> Result<Found> {
    if test_run.has_changed() {
        return Ok(TestOutcome::NotFinished(changed()).into());
    }
    // What a thread prints before it aborts the process is lost if libtest has captured it.
    let arguments = ["--exact", "--nocapture", test];
    let Ran { how, output, mut outcomes, too_long, .. } =
        run_tests(test_run, &arguments, deadline)?;
    let name = strip_module(test);
    if let Some(length) = too_long.get(name) {
        return Ok(TestOutcome::NotFinished(overlong(*length)).into());
    }
    let journaled = outcomes.remove(name);
    let state = journaled.as_ref().map(|outcome| outcome.state);
    let (failure, timeline) =
        journaled.map_or((None, None), |outcome| (outcome.failure, Some(outcome.timeline)));
    let printed = failure.as_ref().and_then(|failure| output.printed(&failure.text));
    let output = output.text();
    let outcome = match (how, failure) {
        (_, Some(failure)) => failure.into(),
        (ExitKind::Code(0), None) if state == Some(State::Passed) => TestOutcome::Passed,
        (how, None) => match unwritten(name, &output) {
            Some(error) => not_written(error).into(),
            None => TestOutcome::NotFinished(crash(how, state, &output, test_run.limit)),
        },
    };
    Ok(Found { outcome, timeline, printed })
}

/// Runs what hung beside the other tests again, where another one may have held it up. What a test
/// does by itself counts: it fails there too, or it is told that another one is the reason.
fn tell_who_is_held_up(test_run: TestRun, results: &mut Results, deadline: Instant) -> Result<()> {
    let hung = |found: &Found| {
        matches!(&found.outcome, TestOutcome::Failed(failure)
        if failure.kind == Kind::Hang && !failure.doubtful)
    };
    let hung: Vec<String> =
        results.iter().filter(|(_, found)| hung(found)).map(|(test, _)| test.clone()).collect();
    if hung.is_empty() || results.len() < 2 || !held_up::may_be(test_run.answer) {
        return Ok(());
    }
    for (test, alone) in judge_isolated(test_run, hung, deadline)? {
        let Some(together) = results.get_mut(&test) else { continue };
        match (&together.outcome, &alone.outcome) {
            (TestOutcome::Failed(failure), TestOutcome::Passed) => {
                together.outcome = held_up::failure(failure).into();
            }
            (_, TestOutcome::Failed(failure)) if !failure.doubtful => *together = alone,
            _ => {}
        }
    }
    Ok(())
}

/// What is said of a test whose binary is not the one that was built.
fn changed() -> Crash {
    Crash {
        headline: "your code changed the program that its tests are in".to_owned(),
        why: "Nothing more was run: it would no longer be your file that is tested. Leave the \
              test binary alone."
            .to_owned(),
        output: String::new(),
        over_limit: false,
    }
}

/// Runs a test whose failure is in doubt again, alone, and says what became of it then.
///
/// A pass stands, whenever it comes: the test has seen all that it asks for, which no machine brings
/// about by being slow. A failure on a machine that is short of something proves nothing: what was
/// waited for may have come too late. So the first run that is not in doubt decides. Where all are,
/// and all say the same, that is told, still as doubtful; where they differ, at least one of them was
/// the machine's doing, and the test is not judged.
fn confirm(
    first: Found,
    deadline: Instant,
    mut again: impl FnMut() -> Result<Found>,
) -> Result<Found> {
    let mut last = first;
    let mut agree = true;
    for _ in 0..AGAIN {
        if !last.outcome.is_doubtful() || Instant::now() >= deadline {
            break;
        }
        let next = again()?;
        if Instant::now() >= deadline {
            // It was stopped by us, or may have been.
            break;
        }
        agree &= next.outcome.text() == last.outcome.text();
        last = next;
    }
    if let TestOutcome::Failed(failure) = &last.outcome
        && failure.doubtful
        && !agree
    {
        last.outcome = too_busy(failure).into();
    }
    Ok(last)
}

/// The system's error, where the test could not write its outcome.
fn unwritten<'a>(test: &str, output: &'a str) -> Option<&'a str> {
    let mut lines = output.lines();
    lines.find_map(|line| line.strip_prefix(CANNOT_WRITE)?.strip_prefix(test)?.strip_prefix(": "))
}

fn not_written(error: &str) -> Failure {
    // Too many open files: the same number on every Unix.
    let remedy = if error.contains("(os error 24)") {
        "Allow more open files in this shell: `ulimit -n 2048`."
    } else {
        "Free some space where temporary files are, or let TMPDIR name another folder."
    };
    let fact = format!("the system says: {error}");
    not_judged("its outcome could not be written", &fact, remedy)
}

fn too_busy(failure: &Failure) -> Failure {
    not_judged(
        "the machine is too busy",
        &format!("run several times, it said different things, at last: {}", failure.headline),
        "Wait until other programs have done their work, or end them.",
    )
}

fn not_judged(what: &str, fact: &str, remedy: &str) -> Failure {
    let headline = format!("this test could not be judged: {what}");
    let why = format!("That says nothing about your code. {remedy} Then run the test again.");
    account(Kind::NotJudged, &headline, &[fact.to_owned()], &why)
}

fn overlong(length: u64) -> Crash {
    const MEBIBYTE: u64 = 1024 * 1024;
    let (length, most) = (length.div_ceil(MEBIBYTE), LONGEST / MEBIBYTE);
    Crash {
        headline: format!(
            "the account of what happened is {length} MiB long, {most} at most are read"
        ),
        why: "Each call is noted, and a test has a few dozen of them. Look for a loop that calls \
              again and again."
            .to_owned(),
        output: String::new(),
        over_limit: false,
    }
}

fn crash(how: ExitKind, state: Option<State>, output: &str, limit: Duration) -> Crash {
    let (headline, why) = match cause(how, output) {
        Cause::Exit(TESTS_FAILED) if state == Some(State::Passed) => (
            "something panicked after the test had passed".to_owned(),
            "What the code started was still running when the test ended, and it panicked then. \
             Wait for everything that you start.",
        ),
        Cause::Exit(TESTS_FAILED) => (
            "the test failed and left no account of it".to_owned(),
            "It failed outside of `testkit::run`, or the code ended the process with the exit \
             code 101. The last lines that it printed say more.",
        ),
        Cause::Exit(0) if state.is_none() => (
            "the process ended with exit code 0 and left no account of the test".to_owned(),
            "The code ended it early (`std::process::exit`) and removed the account, or the test's \
             body is not a `testkit::run`, which would leave one.",
        ),
        Cause::Exit(code) => (
            format!("your code ended the whole process with exit code {code} (std::process::exit)"),
            "`std::process::exit` stops everything at once: the other tests here, and in a \
             service every request under way. Return from the function instead.",
        ),
        Cause::Abort => (
            "your code aborted the whole process (SIGABRT)".to_owned(),
            "`std::process::abort` stops everything at once, without unwinding. Return an error \
             or panic instead: a panic is caught at the edge of its task.",
        ),
        Cause::RayonPanic => (
            "a panic on a thread of rayon aborted the whole process (SIGABRT)".to_owned(),
            "What panics in `spawn` has no caller to which the panic could go, so rayon ends the \
             process, unless its pool has a `panic_handler`. Give it one, or use `catch_unwind` \
             in the closure.",
        ),
        Cause::DoublePanic => (
            "your code panicked while it was panicking, which aborts the whole process".to_owned(),
            "A `drop` that runs while a panic unwinds must not panic itself.",
        ),
        Cause::StackOverflow => (
            "your code overflowed its stack: unbounded recursion".to_owned(),
            "Each call waits for the one that it makes, and none comes back. Give the recursion \
             an end, or write it as a loop. (Large values on the stack can do it too: box them.)",
        ),
        Cause::OutOfMemory => (
            "your code asked for more memory than there is, which aborts the process".to_owned(),
            "Look for something that grows without a bound: a queue, a `Vec`, a string.",
        ),
        Cause::Killed => (
            "the process was killed from outside (SIGKILL)".to_owned(),
            "Systems do that to a process that uses up the memory. Look for something that grows \
             without a bound.",
        ),
        Cause::Signal(signal) => (
            format!("the process was ended by signal {signal}{}", name_of(signal)),
            "Safe Rust does not do that. Look for `unsafe` code and foreign functions.",
        ),
        Cause::OverLimit => (
            format!("the test did not end within {} s", limit.as_secs_f64()),
            "It was stopped. Look for a loop without an end, or for something that is waited for \
             and never comes.",
        ),
    };
    let over_limit = how == ExitKind::OverLimit;
    Crash { headline, why: why.to_owned(), output: last_lines(output), over_limit }
}

enum Cause {
    Exit(i32),
    Abort,
    RayonPanic,
    DoublePanic,
    StackOverflow,
    OutOfMemory,
    Killed,
    Signal(i32),
    OverLimit,
}

/// The output only tells apart what the exit status leaves open: several things abort.
fn cause(how: ExitKind, output: &str) -> Cause {
    // What Windows reports for an abort (fail-fast) and for a stack that has no more room.
    const WINDOWS_ABORT: i32 = 0xC000_0409_u32.cast_signed();
    const WINDOWS_STACK: i32 = 0xC000_00FD_u32.cast_signed();
    let said = |words: &str| output.contains(words);
    match how {
        ExitKind::OverLimit => Cause::OverLimit,
        ExitKind::Code(WINDOWS_STACK) => Cause::StackOverflow,
        ExitKind::Signal(6 | 11) | ExitKind::Code(WINDOWS_ABORT)
            if said("has overflowed its stack") =>
        {
            Cause::StackOverflow
        }
        ExitKind::Signal(6) | ExitKind::Code(WINDOWS_ABORT) => {
            if said("panic in a destructor during cleanup") || said("thread panicked while") {
                Cause::DoublePanic
            } else if said("Rayon: detected unexpected panic") {
                Cause::RayonPanic
            } else if said("memory allocation of") {
                Cause::OutOfMemory
            } else {
                Cause::Abort
            }
        }
        ExitKind::Signal(9) => Cause::Killed,
        ExitKind::Signal(signal) => Cause::Signal(signal),
        ExitKind::Code(code) => Cause::Exit(code),
    }
}

fn name_of(signal: i32) -> &'static str {
    match signal {
        4 => " (SIGILL)",
        5 => " (SIGTRAP)",
        6 => " (SIGABRT)",
        9 => " (SIGKILL)",
        8 => " (SIGFPE)",
        11 => " (SIGSEGV)",
        15 => " (SIGTERM)",
        _ => "",
    }
}

/// The last lines that are not the test runner's own.
fn last_lines(output: &str) -> String {
    let own = |line: &&str| !line.is_empty() && !line.starts_with("running 1 test");
    let output = visible(output);
    let lines: Vec<&str> = output.lines().map(str::trim_end).filter(own).collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headline(how: ExitKind, output: &str) -> String {
        crash(how, Some(State::Started), output, Duration::from_mins(1)).headline
    }

    #[test]
    fn tells_apart_what_ends_a_process() {
        assert!(headline(ExitKind::Code(0), "").contains("exit code 0 (std::process::exit)"));
        assert!(headline(ExitKind::Code(3), "").contains("exit code 3"));
        assert!(headline(ExitKind::Signal(6), "").contains("aborted"));
        let overflow = "thread 'x' has overflowed its stack\nfatal runtime error";
        assert!(headline(ExitKind::Signal(6), overflow).contains("unbounded recursion"));
        let twice = "panic in a destructor during cleanup";
        assert!(headline(ExitKind::Signal(6), twice).contains("while it was panicking"));
        let rayon = "Rayon: detected unexpected panic; aborting";
        assert!(headline(ExitKind::Signal(6), rayon).contains("thread of rayon"));
        assert!(headline(ExitKind::Signal(11), "").contains("SIGSEGV"));
        assert!(headline(ExitKind::OverLimit, "").contains("did not end within 60 s"));
    }

    /// A program that is asked for its tests as a test binary is, and for nothing else.
    #[cfg(unix)]
    fn judged(script: &str, guarded: bool) -> Result<Judgement> {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let executable = folder.path().join("tests");
        std::fs::write(&executable, script).expect("a script");
        let runs = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&executable, runs).expect("it may run");
        let identity = Identity::of(&executable);
        judge(TestRun {
            token: &CancelToken::default(),
            executable: &executable,
            identity: guarded.then_some(&identity),
            sandbox: None,
            folder: folder.path(),
            module: None,
            answer: &executable,
            order: &[],
            alone: false,
            limit: Duration::from_mins(1),
        })
    }

    #[test]
    #[cfg(unix)]
    fn a_program_that_changes_itself_is_not_run_again() {
        let script = "#!/bin/sh\n\
            if [ \"$1\" = --list ]; then echo 'a: test'; exit; fi\n\
            cp \"$0\" new; echo 'echo again' >> new; mv new \"$0\"; echo ran\n";
        let headline = |guarded| {
            let judgement = judged(script, guarded).expect("it lists a test");
            judgement.tests[0].outcome.headline().to_owned()
        };
        assert_eq!(headline(true), "your code changed the program that its tests are in");
        assert_eq!(
            headline(false),
            "the process ended with exit code 0 and left no account of the test"
        );
    }

    #[test]
    #[cfg(unix)]
    fn two_tests_of_one_name_are_refused() {
        let script = "#!/bin/sh\necho 'a::same: test'; echo 'b::same: test'\n";
        let refused = judged(script, true).expect_err("which is which?");
        assert!(format!("{refused:#}").contains("two tests are called `same`"), "{refused:#}");
    }

    fn failed(headline: &str, doubtful: bool) -> TestOutcome {
        let failure = not_judged("", "", "");
        let (headline, text) = (headline.to_owned(), headline.to_owned());
        Failure { kind: Kind::Verdict, headline, text, doubtful, ..failure }.into()
    }

    /// What is told of a test that comes to `first`, and then alone to each of `others`; and how
    /// many of them were run.
    fn confirmed(first: TestOutcome, others: Vec<TestOutcome>) -> (TestOutcome, usize) {
        let (mut others, mut runs) = (others.into_iter(), 0);
        let again = || {
            runs += 1;
            Ok(others.next().expect("it is not run so often").into())
        };
        let in_a_minute = Instant::now() + Duration::from_mins(1);
        let found = confirm(first.into(), in_a_minute, again).expect("all can be run");
        (found.outcome, runs)
    }

    #[test]
    fn a_failure_that_is_certain_is_told_at_once() {
        let (outcome, runs) = confirmed(failed("late", false), Vec::new());
        assert_eq!((outcome.headline(), runs), ("late", 0));
        assert_eq!(confirmed(TestOutcome::Passed, Vec::new()).1, 0);
    }

    #[test]
    fn a_failure_in_doubt_is_told_when_it_is_confirmed() {
        let certain = failed("in another order", false);
        let (outcome, runs) = confirmed(failed("late", true), vec![certain]);
        assert_eq!((outcome.headline(), runs), ("in another order", 1));
    }

    #[test]
    fn a_test_that_passes_when_it_runs_alone_has_passed() {
        let others = vec![failed("late", true), TestOutcome::Passed];
        let (outcome, runs) = confirmed(failed("late", true), others);
        assert!(matches!(outcome, TestOutcome::Passed), "{outcome:?}");
        assert_eq!(runs, 2);
    }

    #[test]
    fn where_every_run_is_in_doubt_they_must_agree() {
        let late = || failed("late", true);
        let (outcome, runs) = confirmed(late(), vec![late(), late()]);
        assert_eq!((outcome.headline(), runs), ("late", 2));
        assert!(outcome.is_doubtful(), "whoever tells it says so");

        let (outcome, _) = confirmed(late(), vec![late(), failed("in another order", true)]);
        assert!(outcome.is_not_judged(), "{outcome:?}");
        assert_eq!(outcome.headline(), "this test could not be judged: the machine is too busy");
    }

    #[test]
    fn what_runs_into_the_limit_says_nothing_new() {
        let over = Instant::now();
        let again = || -> Result<Found> { panic!("there is no time") };
        let found = confirm(failed("late", true).into(), over, again).expect("it is told");
        assert_eq!(found.outcome.headline(), "late");
    }
}
