//! `cargo workbook hint`: for the test that fails now, one more with each call.

use anyhow::{Result, bail};

use crate::catalogue::workspace::Workspace;
use crate::catalogue::{Catalogue, Exercise};
use crate::commands::{test, which};
use crate::learner::progress::{self, LastRun, Progress};
use crate::pages::page;
use crate::terminal::paint::Paint;
use crate::terminal::report_text::notices;
use crate::terminal::text;

/// The hints for a test, as far as they have been shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hints<'a> {
    /// The hints, from a nudge to nearly the answer.
    pub shown: &'a [String],
    /// How many there are in all.
    pub of: usize,
    /// Sentences for the learner.
    pub notices: Vec<String>,
}

/// The hints that have been shown for a test.
pub fn so_far<'a>(progress: &Progress, exercise: &'a Exercise, test: &str) -> Hints<'a> {
    of(exercise, test, progress.hints_shown(exercise, test))
}

/// Shows one more hint for a test, or with `all` every one of them, and remembers it.
pub fn more<'a>(
    workspace: &Workspace,
    progress: &Progress,
    exercise: &'a Exercise,
    test: &str,
    all: bool,
) -> Hints<'a> {
    let before = progress.hints_shown(exercise, test);
    let mut hints = of(exercise, test, if all { usize::MAX } else { before + 1 });
    if hints.shown.len() > before {
        hints.notices = progress::remember_hints(workspace, exercise, test, hints.shown.len());
    }
    hints
}

fn of<'a>(exercise: &'a Exercise, test: &str, stage: usize) -> Hints<'a> {
    let listed = exercise.manifest.tests.get(test).map_or(&[][..], |test| &test.hints);
    Hints { shown: &listed[..stage.min(listed.len())], of: listed.len(), notices: Vec::new() }
}

/// Which test a hint is wanted for.
enum Stuck {
    /// Every test passes.
    Nowhere,
    /// This test fails.
    At(String),
    /// The file does not compile. This test is the next.
    Before(String),
}

/// Prints the hints for the first test that fails, of the exercise of that name, or of the first
/// that is not solved.
pub fn run(workspace: &Workspace, typed: Option<&str>, all: bool) -> Result<()> {
    let catalogue = Catalogue::load_around(&workspace.root, typed)?;
    let progress = Progress::read(workspace, &catalogue);
    notices(&progress.notices);
    let paint = Paint::stdout();
    let Some(exercise) = which::exercise(&catalogue, &progress, typed)? else {
        println!("Every exercise is solved: there is nothing left to hint at.");
        return Ok(());
    };
    let name = exercise.name.as_str();
    if typed.is_none() {
        println!("{}  {}\n", paint.bold(name), page::plain(&exercise.manifest.title));
    }
    let (test, heading) = match stuck(workspace, &progress, exercise)? {
        Stuck::Nowhere => {
            println!("Every test of {name} passes: there is nothing left to hint at.");
            println!("`cargo workbook solution {name}` shows the reference, to compare.");
            return Ok(());
        }
        Stuck::At(test) => {
            let heading = format!("for the first test that fails, {}", paint.bold(&test));
            (test, heading)
        }
        Stuck::Before(test) => {
            println!("\nIt does not compile; the compiler's messages are above.");
            let heading = format!("for the test that comes next, {}", paint.bold(&test));
            (test, heading)
        }
    };
    let hints = more(workspace, &progress, exercise, &test, all);
    println!("Hint {} of {} {heading}:\n", hints.shown.len(), hints.of);
    for (number, hint) in hints.shown.iter().enumerate() {
        let lines = text::wrap(hint, 74);
        println!("  {}. {}", number + 1, lines.join("\n     "));
    }
    println!();
    if hints.shown.len() < hints.of {
        println!("Once more for the next: `cargo workbook hint {name}`.");
    } else {
        println!("That is all. `cargo workbook solution {name}` shows the reference.");
    }
    notices(&hints.notices);
    Ok(())
}

/// From the last run where nothing has been edited since, else from a new one.
fn stuck(workspace: &Workspace, progress: &Progress, exercise: &Exercise) -> Result<Stuck> {
    match progress.last_run(exercise) {
        LastRun::Passed => return Ok(Stuck::Nowhere),
        LastRun::Failed(test) => return Ok(Stuck::At(test)),
        LastRun::Unknown => {}
    }
    let first = exercise.manifest.tests.keys().next().cloned().unwrap_or_default();
    let attempt = test::attempt(workspace, exercise)?;
    notices(&attempt.recorded.notices);
    Ok(match attempt.judgement {
        None => Stuck::Before(progress.failed_last(exercise).map_or(first, ToOwned::to_owned)),
        Some(judgement) => match judgement.failing().next() {
            None if !judgement.accepted() => {
                let not_judged = judgement.not_judged().next();
                let why = not_judged.map_or_else(String::new, |judged| judged.outcome.text());
                bail!("no test has failed, and not all could be judged.\n\n{}", why.trim_end());
            }
            None => Stuck::Nowhere,
            Some(judged) => Stuck::At(judged.test.clone()),
        },
    })
}
