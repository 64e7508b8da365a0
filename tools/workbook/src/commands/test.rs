//! `cargo workbook test` and bare `cargo workbook`: the learner's own file against its tests.

use std::time::Duration;

use anyhow::{Result, bail};

use crate::catalogue::workspace::Workspace;
use crate::catalogue::{Catalogue, Exercise};
use crate::commands::join;
use crate::commands::survey::Survey;
use crate::commands::verdict::Verdict;
use crate::engine::compile::{self, LearnersBuild};
use crate::engine::judge::{self, Judgement, TestRun};
use crate::engine::process_group::CancelToken;
use crate::engine::signature::{self, Lookalike};
use crate::learner::progress::{self, LastRun, Progress, Recorded, Seen};
use crate::learner::shipped;
use crate::pages::book_address::BookAddress;
use crate::terminal::locale;
use crate::terminal::paint::Paint;
use crate::terminal::report_text;

/// Far more than any spec takes, hangs included: each test has a watchdog of its own.
pub const LIMIT: Duration = Duration::from_mins(1);

/// A run of the learner's file.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// What became of the tests. `None`: it does not compile, and the compiler has said why.
    pub judgement: Option<Judgement>,
    /// What it means for the learner's progress.
    pub recorded: Recorded,
    /// The recorded wrong answers that fail exactly as it does.
    pub lookalikes: Vec<Lookalike>,
}

/// Tests the exercise of that name, or the first that is not solved.
pub fn run(workspace: &Workspace, name: Option<&str>) -> Result<Verdict> {
    let verdict = tested(workspace, name);
    join::tell(workspace);
    verdict
}

fn tested(workspace: &Workspace, name: Option<&str>) -> Result<Verdict> {
    let paint = Paint::stdout();
    if let Some(name) = name {
        let catalogue = Catalogue::load_for(&workspace.root, name)?;
        let exercise = catalogue.find(name)?;
        let attempt = attempt(workspace, exercise)?;
        return Ok(report(workspace, &catalogue, exercise, &attempt, paint));
    }
    let Survey { catalogue, progress, leaves_some_out } = Survey::read(workspace)?;
    for exercise in &catalogue.exercises {
        // Also what was solved, if anything has changed since: it may no longer pass.
        if progress.last_run(exercise) != LastRun::Passed {
            let attempt = attempt(workspace, exercise)?;
            if !attempt.recorded.solved {
                return Ok(report(workspace, &catalogue, exercise, &attempt, paint));
            }
            report_text::notices(&attempt.recorded.notices);
        }
        let line = format!("{} {}  {}", paint.good("✓"), exercise.name, exercise.manifest.title);
        println!("{}", locale::shown(line));
    }
    println!("\nEvery exercise {}is solved.", if leaves_some_out { "that is sound " } else { "" });
    Ok(Verdict::Accepted)
}

/// Builds and runs the learner's file, and remembers what came of it.
pub fn attempt(workspace: &Workspace, exercise: &Exercise) -> Result<Attempt> {
    is_whole(exercise)?;
    let mut seen = Seen::of(exercise);
    let judgement = judge_learners(workspace, exercise, &mut seen)?;
    let recorded = progress::record(workspace, exercise, &seen, judgement.as_ref());
    let lookalikes = judgement.as_ref().map(|judgement| lookalikes(exercise, &seen, judgement));
    Ok(Attempt { judgement, recorded, lookalikes: lookalikes.unwrap_or_default() })
}

/// The recorded wrong answers that fail exactly as the learner's file does. None where the tests
/// are not as shipped: nothing is recorded of those.
pub fn lookalikes(exercise: &Exercise, seen: &Seen, judgement: &Judgement) -> Vec<Lookalike> {
    if !seen.as_shipped() {
        return Vec::new();
    }
    signature::lookalikes(exercise, judgement, &exercise.answer_file())
}

/// An error that says what brings it back, if a file is missing that the exercise was shipped with,
/// or one without which cargo builds no exercise at all.
pub fn is_whole(exercise: &Exercise) -> Result<()> {
    let (root, name) = (exercise.root(), &exercise.name);
    let manifests = shipped::missing_manifests(root);
    if !manifests.is_empty() {
        bail!(
            "missing: {}\nCargo builds no exercise until every folder has its own. To go on: {}.\n\
             If such a folder is a leftover, delete it.",
            manifests.join(", "),
            shipped::remedy(root, &manifests)
        );
    }
    let missing = shipped::missing(root, name);
    let (is, it) = match missing.len() {
        0 => return Ok(()),
        1 => ("is", "it"),
        _ => ("are", "them"),
    };
    bail!(
        "{} {is} missing, and {name} cannot be tested without {it}\n\
         `cargo workbook reset {name}` brings {it} back, or says what does.",
        missing.join(", ")
    );
}

fn judge_learners(
    workspace: &Workspace,
    exercise: &Exercise,
    seen: &mut Seen,
) -> Result<Option<Judgement>> {
    let built = compile::exercise(workspace, &exercise.name, &seen.inputs.snapshot)?;
    let Some(LearnersBuild { executable, sources }) = built else { return Ok(None) };
    seen.built_from(&sources);
    let folder = exercise.folder();
    let order = exercise.manifest.test_names();
    let test_run = TestRun {
        token: &CancelToken::default(),
        executable: &executable,
        identity: None,
        sandbox: None,
        folder: &folder,
        module: None,
        answer: &exercise.answer_file(),
        order: &order,
        alone: false,
        limit: LIMIT,
    };
    judge::judge(test_run).map(Some)
}

/// What to say where no file is in the place of the learner's.
pub fn no_answer(workspace: &Workspace, exercise: &Exercise) -> Option<String> {
    let path = exercise.answer_file();
    let (file, name) = (workspace.shown(&path), &exercise.name);
    if path.is_file() {
        None
    } else if path.is_dir() {
        Some(format!(
            "{file} is a folder. `cargo workbook reset {name}` moves it away and brings the\n\
             starting point."
        ))
    } else {
        Some(format!(
            "{file} is not there. `cargo workbook reset {name}` brings the starting point."
        ))
    }
}

fn report(
    workspace: &Workspace,
    catalogue: &Catalogue,
    exercise: &Exercise,
    attempt: &Attempt,
    paint: Paint,
) -> Verdict {
    let name = &exercise.name;
    let file = workspace.shown(&exercise.answer_file());
    report_text::notices(&attempt.recorded.notices);
    let Some(judgement) = &attempt.judgement else {
        println!("\n{}: {}", paint.bold(name), paint.bad("it does not compile"));
        if let Some(sentence) = no_answer(workspace, exercise) {
            println!("{sentence}");
            return Verdict::DoesNotCompile;
        }
        println!("The compiler's messages are above. Edit {file}, then run");
        println!("`cargo workbook test {name}` again.");
        return Verdict::DoesNotCompile;
    };
    println!("\n{}  {}", paint.bold(name), exercise.manifest.title);
    println!("{}\n", exercise.manifest.goal);
    println!("{}", report_text::tests(paint, judgement));
    let seconds = judgement.took.as_secs_f64();
    if attempt.recorded.solved {
        println!("{} ({seconds:.1} s) {}", paint.good("Solved."), exercise.manifest.learnt);
        println!("Compare your code with the reference: `cargo workbook solution {name} --diff`");
        match Progress::read(workspace, catalogue).next_after(catalogue, exercise) {
            Some(Exercise { name, manifest, .. }) => {
                println!("Next: `cargo workbook test {name}`, {}.", manifest.title);
            }
            None => println!("Every exercise is solved."),
        }
        return Verdict::Accepted;
    }
    if judgement.accepted() {
        let why = if attempt.recorded.saved.is_empty() {
            "Not solved yet: other files are not as shipped."
        } else {
            "Not solved yet: something was saved meanwhile. Run it again."
        };
        println!("{} ({seconds:.1} s)", paint.bad(why));
        return Verdict::Rejected;
    }
    println!("{}", report_text::first_failure(paint, judgement));
    let lookalikes = report_text::lookalikes(paint, judgement, &attempt.lookalikes);
    if !lookalikes.is_empty() {
        println!("{lookalikes}");
    }
    let printed = report_text::printed(paint, judgement);
    if !printed.is_empty() {
        println!("{printed}");
    }
    let failing = judgement.failing().count();
    let all = report_text::count(judgement.tests.len(), "test");
    if Verdict::from(judgement) == Verdict::NotJudged {
        let not_judged = judgement.not_judged().count();
        let words = paint.bad(format!("Not judged: {not_judged} of {all}."));
        println!("{words} ({seconds:.1} s) No test has failed.");
        return Verdict::NotJudged;
    }
    println!("{} ({seconds:.1} s)", paint.bad(format!("{failing} of {all} to go.")));
    println!("Read {}", to_read(workspace, exercise, judgement));
    println!("Edit {file}, then run `cargo workbook test {name}` again.");
    println!("Stuck? `cargo workbook hint {name}`");
    Verdict::Rejected
}

/// Where the first failure is explained: as an address, if the book is somewhere to be read.
fn to_read(workspace: &Workspace, exercise: &Exercise, judgement: &Judgement) -> String {
    let book = BookAddress::of_workbook(&workspace.root);
    let on = judgement.failing().next().and_then(|judged| judged.outcome.read_on());
    let address = match on {
        Some(on) => book.of(&on.page, Some(&on.section)),
        None => book.of(&exercise.name, None),
    };
    address.unwrap_or_else(|| workspace.shown(&exercise.page()))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use timeline::outcome::{Failure, Kind, ReadOn};

    use super::*;
    use crate::engine::judge::{TestOutcome, TestResult};

    #[test]
    fn a_failure_sends_to_its_section_as_a_browser_finds_it() {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        let workspace = Workspace::around(root).expect("the workbook");
        let catalogue = Catalogue::load(&workspace.root).expect("a sound catalogue");
        let exercise = catalogue.find("gather").expect("it is there");
        let on = ReadOn { page: "gather".to_owned(), section: "Awaiting in a loop".to_owned() };
        let failure = Failure { read_on: Some(on), ..Failure::new(Kind::Verdict) };
        let outcome = TestOutcome::Failed(Box::new(failure));
        let tests =
            vec![TestResult { test: "one".to_owned(), outcome, timeline: None, printed: None }];
        let judgement = Judgement { tests, took: Duration::ZERO };
        let address = to_read(&workspace, exercise, &judgement);
        assert!(address.ends_with("/gather.html#awaiting-in-a-loop"), "{address}");
        let nothing = Judgement { tests: Vec::new(), took: Duration::ZERO };
        let address = to_read(&workspace, exercise, &nothing);
        assert!(address.contains("://") && address.ends_with("/gather.html"), "{address}");
    }
}
