//! `cargo workbook check`: any file against an exercise, without touching the learner's.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Serialize;
use timeline::outcome::ReadOn;

use crate::catalogue::workspace::Workspace;
use crate::catalogue::{Catalogue, Exercise};
use crate::commands::verdict::Verdict;
use crate::engine::compile::{self, Built, points_into};
use crate::engine::judge::{self, Judgement, TestOutcome, TestResult, TestRun};
use crate::engine::process_group::CancelToken;
use crate::engine::scratch_workspace::{ScratchWorkspace, StandIn};
use crate::learner::pristine::Tests;
use crate::terminal::paint::Paint;
use crate::terminal::report_text;

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
    /// The compiler's errors.
    pub errors: Vec<String>,
    /// The compiler's warnings.
    pub warnings: Vec<String>,
    /// Files of the tests, and of what they stand on, that are not as shipped, from the workbook's
    /// root: the verdict is then not that of the workbook's own tests.
    pub not_as_shipped: Vec<String>,
    /// How long it took, building included.
    pub seconds: f64,
    /// Sentences for whoever asked.
    #[serde(skip)]
    notices: Vec<String>,
    /// What the report is drawn from.
    #[serde(skip)]
    judgement: Option<Judgement>,
}

/// What follows for a verdict if the tests are not as shipped.
const NOT_OURS: &str = ", so this is not the verdict of the workbook's own tests";

/// One test, as `--json` shows it.
#[derive(Clone, Debug, Serialize)]
pub struct TestReport {
    /// The name of the test.
    pub test: String,
    /// `passed`, `failed`, or `not finished`: its process ended first.
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
}

impl From<&TestResult> for TestReport {
    fn from(judged: &TestResult) -> Self {
        let (state, why, read_on) = match &judged.outcome {
            TestOutcome::Passed => ("passed", String::new(), None),
            TestOutcome::Failed(failure) => {
                ("failed", failure.why.clone(), failure.read_on.clone())
            }
            TestOutcome::NotFinished(crash) => ("not finished", crash.why.clone(), None),
        };
        Self {
            test: judged.test.clone(),
            state,
            headline: judged.outcome.headline().to_owned(),
            cause: judged.outcome.cause().to_owned(),
            why,
            text: judged.outcome.text(),
            read_on,
        }
    }
}

/// Builds `file` as the exercise's answer and judges it. `colours`: in the compiler's messages.
pub fn check(
    workspace: &Workspace,
    name: &str,
    file: &Path,
    limit: Duration,
    colours: bool,
) -> Result<Checked> {
    let began = Instant::now();
    let catalogue = Catalogue::load_for(&workspace.root, name)?;
    let exercise = catalogue.find(name)?;
    let path = std::path::absolute(file).context("the file has no path")?;
    if !path.is_file() {
        bail!("there is no file {}. Name a Rust file to check.", file.display());
    }
    let tests = Tests::of(exercise);
    let built = build(workspace, exercise, &path, colours)?;
    let mut checked = Checked {
        exercise: name.to_owned(),
        file: file.to_path_buf(),
        verdict: Verdict::DoesNotCompile,
        tests: Vec::new(),
        errors: built.errors,
        warnings: built.warnings,
        not_as_shipped: tests.changed.clone(),
        seconds: 0.0,
        notices: tests.notice(NOT_OURS).into_iter().collect(),
        judgement: None,
    };
    if let Some(executable) = &built.executable {
        let folder = exercise.folder();
        let order = exercise.manifest.test_names();
        let test_run = TestRun {
            token: &CancelToken::default(),
            executable,
            folder: &folder,
            module: None,
            order: &order,
            limit,
        };
        let judgement = judge::judge(test_run)?;
        checked.verdict = if judgement.accepted() { Verdict::Accepted } else { Verdict::Rejected };
        checked.tests = judgement.tests.iter().map(TestReport::from).collect();
        checked.judgement = Some(judgement);
    }
    checked.seconds = began.elapsed().as_secs_f64();
    Ok(checked)
}

/// What was built, in a folder of its own: the next check may build while this one runs.
struct Kept {
    executable: Option<PathBuf>,
    errors: Vec<String>,
    warnings: Vec<String>,
    _folder: tempfile::TempDir,
}

fn build(workspace: &Workspace, exercise: &Exercise, file: &Path, colours: bool) -> Result<Kept> {
    let set = format!("check-{}", exercise.name);
    let scratch = ScratchWorkspace::write(
        workspace,
        &set,
        &[StandIn { exercise, candidate: "check", file, spawned: None }],
    )?;
    let built = compile::build(workspace, &scratch, colours)?;
    let Built { executable, errors, warnings, .. } = built.into_iter().next().unwrap_or_default();
    let folder = tempfile::tempdir().context("cannot create a temporary folder")?;
    let executable = executable.filter(|_| errors.is_empty());
    let executable = match executable {
        None => None,
        Some(built) => {
            let copy = folder.path().join(built.file_name().unwrap_or_default());
            fs::copy(&built, &copy).with_context(|| format!("cannot copy {}", built.display()))?;
            Some(copy)
        }
    };
    Ok(Kept { executable, errors, warnings, _folder: folder })
}

/// Checks and prints the report.
pub fn run(
    workspace: &Workspace,
    name: &str,
    file: &Path,
    limit: Duration,
    json: bool,
) -> Result<Verdict> {
    let paint = if json { Paint::plain() } else { Paint::stdout() };
    let checked = check(workspace, name, file, limit, paint.colours)?;
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
        let failing = judgement.failing().count();
        let all = report_text::count(judgement.tests.len(), "test");
        return text
            + &format!(
                "{} ({seconds:.1} s)\n",
                paint.bad(format!("Rejected: {failing} of {all} did not pass."))
            );
    };
    text + &format!("{verdict} ({seconds:.1} s)\n")
}
