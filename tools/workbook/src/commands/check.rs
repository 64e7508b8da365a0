//! `cargo workbook check`: any file against an exercise, without touching the learner's.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Serialize;
use timeline::outcome::ReadOn;

use crate::catalogue::workspace::Workspace;
use crate::catalogue::{Catalogue, Exercise};
use crate::commands::test;
use crate::commands::verdict::Verdict;
use crate::engine::compile::{self, Built, points_into};
use crate::engine::judge::{self, Judgement, TestOutcome, TestResult, TestRun};
use crate::engine::obstacle::Obstacle;
use crate::engine::printed::Printed;
use crate::engine::process_group::{self, CancelToken};
use crate::engine::sandbox::Sandbox;
use crate::engine::scratch_workspace::{ScratchWorkspace, StandIn};
use crate::engine::signature::{self, Lookalike};
use crate::engine::test_binary::{Identity, TestBinary};
use crate::learner::pristine::Tests;
use crate::terminal::paint::Paint;
use crate::terminal::report_text;

/// The least time that the compiler may be silent: a large dependency takes a while, the first time
/// and on a busy machine.
const SILENCE: Duration = Duration::from_mins(5);

/// What was found out about a file.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// The exercise.
    pub exercise: String,
    /// The file, as it was named.
    pub file: PathBuf,
    /// What it comes to.
    pub verdict: Verdict,
    /// Its tests; none if it does not compile.
    pub tests: Vec<TestReport>,
    /// The recorded wrong answers that fail exactly as it does: the same tests and no others, each
    /// with the same explanation.
    pub fails_exactly_as: Vec<Lookalike>,
    /// The compiler's errors.
    pub errors: Vec<String>,
    /// The compiler's warnings.
    pub warnings: Vec<String>,
    /// Files of the tests, and of the tools that they use, that are not as shipped, from the workbook's
    /// root: the verdict is then not that of the workbook's own tests.
    pub not_as_shipped: Vec<String>,
    /// What on the machine kept the file from being judged; `null` where nothing did.
    pub obstacle: Option<Obstacle>,
    /// How long it took, building included.
    pub seconds: f64,
    /// Sentences for whoever asked.
    #[serde(skip)]
    notices: Vec<String>,
    /// What the report is drawn from.
    #[serde(skip)]
    judgement: Option<Judgement>,
}

impl Checked {
    /// A file of which nothing else is known.
    fn new(
        workspace: &Workspace,
        exercise: &Exercise,
        file: &Path,
        verdict: Verdict,
        tests: &Tests,
    ) -> Self {
        Self {
            exercise: exercise.name.clone(),
            file: file.to_path_buf(),
            verdict,
            tests: Vec::new(),
            fails_exactly_as: Vec::new(),
            errors: Vec::new(),
            warnings: Vec::new(),
            not_as_shipped: tests.changed.clone(),
            obstacle: None,
            seconds: 0.0,
            notices: tests.notice(&workspace.root, NOT_OURS).into_iter().collect(),
            judgement: None,
        }
    }

    /// A file that could not be judged because of `error`. The same error if it says nothing of the
    /// machine.
    fn obstructed(
        workspace: &Workspace,
        name: &str,
        file: &Path,
        error: anyhow::Error,
    ) -> Result<Self> {
        let Some(obstacle) = Obstacle::in_error(&error, &workspace.target) else {
            return Err(error);
        };
        let catalogue = Catalogue::load_for(&workspace.root, name)?;
        let exercise = catalogue.find(name)?;
        let tests = Tests::of(exercise);
        let checked = Self::new(workspace, exercise, file, Verdict::NotJudged, &tests);
        Ok(Self { obstacle: Some(obstacle), ..checked })
    }

    /// What became of its tests. `None`: it does not compile.
    pub fn judgement(&self) -> Option<&Judgement> {
        self.judgement.as_ref()
    }

    /// Sentences for whoever asked.
    pub fn notices(&self) -> &[String] {
        &self.notices
    }
}

/// What follows for a verdict if the tests are not as shipped.
const NOT_OURS: &str = ", so this is not the verdict of the workbook's own tests";

/// One test, as `--json` shows it.
#[derive(Clone, Debug, Serialize)]
pub struct TestReport {
    /// The name of the test.
    pub test: String,
    /// `passed`, `failed`, `not finished` where its process ended first, or `not judged` where the
    /// machine was in the way.
    pub state: &'static str,
    /// What went wrong, in one line.
    pub headline: String,
    /// The id of the cause; `unexplained` where nothing that was seen proves one.
    pub cause: String,
    /// Why that goes wrong.
    pub why: String,
    /// The explanation in full.
    pub text: String,
    /// Where the book explains it.
    pub read_on: Option<ReadOn>,
    /// The end of what the code printed during it; `null` if that is nothing, or if the test has
    /// passed.
    pub printed: Option<Printed>,
}

impl From<&TestResult> for TestReport {
    fn from(judged: &TestResult) -> Self {
        let (state, why, read_on) = match &judged.outcome {
            TestOutcome::Passed => ("passed", String::new(), None),
            TestOutcome::Failed(failure) => {
                ("failed", failure.why.clone(), failure.read_on.clone())
            }
            TestOutcome::NotFinished(crash) => ("not finished", crash.why.clone(), None),
            TestOutcome::NotJudged(failure) => ("not judged", failure.why.clone(), None),
        };
        Self {
            test: judged.test.clone(),
            state,
            headline: judged.outcome.headline().to_owned(),
            cause: judged.outcome.cause().to_owned(),
            why,
            text: judged.outcome.text(),
            read_on,
            printed: judged.printed.clone(),
        }
    }
}

/// Builds `file` as the exercise's answer and judges it, confined by `sandbox` if there is one.
/// `colours`: in the compiler's messages.
pub fn check(
    workspace: &Workspace,
    name: &str,
    file: &Path,
    limit: Duration,
    sandbox: Option<&Sandbox>,
    colours: bool,
) -> Result<Checked> {
    let began = Instant::now();
    let catalogue = Catalogue::load_for(&workspace.root, name)?;
    let exercise = catalogue.find(name)?;
    let path = std::path::absolute(file).context("the file has no path")?;
    if !path.is_file() {
        bail!("there is no file {}. Name a Rust file to check.", file.display());
    }
    test::is_whole(exercise)?;
    let tests = Tests::of(exercise);
    let built = build(workspace, exercise, &path, limit, sandbox.is_some(), colours)?;
    let mut checked = Checked::new(workspace, exercise, file, Verdict::DoesNotCompile, &tests);
    (checked.errors, checked.warnings) = (built.errors, built.warnings);
    if let Some(binary) = &built.binary {
        let identity = Identity::of(binary.path());
        let folder = exercise.folder();
        let order = exercise.manifest.test_names();
        let test_run = TestRun {
            token: &CancelToken::default(),
            executable: binary.path(),
            identity: Some(&identity),
            sandbox,
            folder: &folder,
            module: None,
            answer: &path,
            order: &order,
            alone: false,
            limit,
        };
        let judgement = judge::judge(test_run)?;
        checked.verdict = Verdict::from(&judgement);
        checked.tests = judgement.tests.iter().map(TestReport::from).collect();
        // Nothing is recorded of tests that are not as shipped.
        if !judgement.accepted() && Tests::of(exercise).changed.is_empty() {
            checked.fails_exactly_as = signature::lookalikes(exercise, &judgement, &path);
        }
        checked.judgement = Some(judgement);
    }
    checked.seconds = began.elapsed().as_secs_f64();
    Ok(checked)
}

/// What was built. The binary is a copy: the next check may build while this one runs.
struct Kept {
    binary: Option<TestBinary>,
    errors: Vec<String>,
    warnings: Vec<String>,
}

fn build(
    workspace: &Workspace,
    exercise: &Exercise,
    file: &Path,
    limit: Duration,
    passed_on: bool,
    colours: bool,
) -> Result<Kept> {
    let set = format!("check-{}", exercise.name);
    let scratch = ScratchWorkspace::write(
        workspace,
        &set,
        &[StandIn { exercise, candidate: "check", file, spawned: None }],
    )?;
    let patience = limit.max(SILENCE);
    let built = compile::build_within(workspace, &scratch, colours, patience)?;
    let Built { executable, errors, warnings, .. } = built.into_iter().next().unwrap_or_default();
    let binary = match executable.filter(|_| errors.is_empty()) {
        Some(built) => {
            let folder = workspace.target.join("workbook");
            Some(TestBinary::copy(&built, &folder, passed_on)?)
        }
        None => None,
    };
    Ok(Kept { binary, errors, warnings })
}

/// Checks and prints the report.
pub fn run(
    workspace: &Workspace,
    name: &str,
    file: &Path,
    limit: Duration,
    sandbox: bool,
    json: bool,
) -> Result<Verdict> {
    process_group::adopt_orphans();
    let sandbox = sandbox.then(Sandbox::new).transpose()?;
    let paint = if json { Paint::plain() } else { Paint::stdout() };
    let began = Instant::now();
    let checked = match check(workspace, name, file, limit, sandbox.as_ref(), paint.colours) {
        // Whoever asked for JSON reads nothing else.
        Err(error) if json => {
            let checked = Checked::obstructed(workspace, name, file, error)?;
            Checked { seconds: began.elapsed().as_secs_f64(), ..checked }
        }
        checked => checked?,
    };
    report_text::notices(&checked.notices);
    if json {
        println!("{}", serde_json::to_string_pretty(&checked)?);
    } else {
        print!("{}", human(&checked, paint));
    }
    Ok(checked.verdict)
}

fn human(checked: &Checked, paint: Paint) -> String {
    let mut text = format!("{}  {}\n\n", paint.bold(&checked.exercise), checked.file.display());
    for message in checked.errors.iter().chain(&checked.warnings) {
        text.push_str(message);
        text.push('\n');
    }
    let seconds = checked.seconds;
    let Some(judgement) = &checked.judgement else {
        let path = std::path::absolute(&checked.file).unwrap_or_else(|_| checked.file.clone());
        if !checked.errors.iter().any(|message| points_into(message, &path)) {
            text.push_str(
                "The file itself compiles, and lacks something that the tests use: keep the names \
                 and\nsignatures of the starting point.\n\n",
            );
        }
        let verdict = paint.bad("It does not compile.");
        return format!("{text}{verdict} ({seconds:.1} s)\n");
    };
    text.push_str(&report_text::tests(paint, judgement));
    text.push('\n');
    let verdict = if judgement.accepted() {
        let by = if checked.not_as_shipped.is_empty() { "" } else { " by changed tests" };
        paint.good(format!("Accepted{by}: every test passes."))
    } else {
        text.push_str(&report_text::first_failure(paint, judgement));
        text.push('\n');
        let lookalikes = report_text::lookalikes(paint, judgement, &checked.fails_exactly_as);
        if !lookalikes.is_empty() {
            text = text + &lookalikes + "\n";
        }
        let printed = report_text::printed(paint, judgement);
        if !printed.is_empty() {
            text = text + &printed + "\n";
        }
        let failing = judgement.failing().count();
        let all = report_text::count(judgement.tests.len(), "test");
        if checked.verdict == Verdict::NotJudged {
            let not_judged = judgement.not_judged().count();
            let verdict = paint.bad(format!("Not judged: {not_judged} of {all}."));
            return format!("{text}{verdict} ({seconds:.1} s)\n");
        }
        return text
            + &format!(
                "{} ({seconds:.1} s)\n",
                paint.bad(format!("Rejected: {failing} of {all} did not pass."))
            );
    };
    text + &format!("{verdict} ({seconds:.1} s)\n")
}
