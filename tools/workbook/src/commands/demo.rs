//! `cargo workbook demo`: shows an anti-pattern fail, in one line, for a screen that others see.
//!
//! The anti-pattern is checked as `check` does it. It holds if the answer fails the tests that
//! `exercise.toml` lists for it, each for the cause that is listed, and no others.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Result, bail};
use timeline::outcome::ReadOn;

use crate::catalogue::manifest::{Rank, WrongAnswer, nearest};
use crate::catalogue::workspace::Workspace;
use crate::catalogue::{Catalogue, Exercise};
use crate::commands::check::{self, Checked};
use crate::commands::test;
use crate::commands::verdict::Verdict;
use crate::engine::judge::{Judgement, TestOutcome, TestResult};
use crate::engine::process_group;
use crate::pages::page;
use crate::terminal::paint::Paint;
use crate::terminal::report_text;
use crate::terminal::text::wrap;

/// No line of a sentence is longer, as in the tests' own explanations.
const COLUMNS: usize = 76;

/// Shows the wrong answer fail, or lists those of the exercise. Accepted: it fails as listed.
pub fn run(workspace: &Workspace, typed: &str, anti: Option<&str>) -> Result<Verdict> {
    let catalogue = Catalogue::load_for(&workspace.root, typed)?;
    let exercise = catalogue.find(typed)?;
    let paint = Paint::stdout();
    // The file's path alone names both.
    let path = typed.replace('\\', "/").contains("/anti/").then_some(typed);
    let Some(anti) = anti.or(path) else {
        print!("{}", list(exercise, paint));
        return Ok(Verdict::Accepted);
    };
    let wrong = find(exercise, anti)?;
    let file = file(exercise, wrong);
    print!("{}", introduction(workspace, exercise, wrong, paint));
    process_group::adopt_orphans();
    let name = &exercise.name;
    let checked = check::check(workspace, name, &file, test::LIMIT, None, paint.colours)?;
    report_text::notices(checked.notices());
    let verdict = match checked.judgement() {
        Some(judgement) if judgement.not_judged().next().is_some() => Verdict::NotJudged,
        Some(judgement) if fails_as_listed(wrong, judgement) => Verdict::Accepted,
        _ => Verdict::Rejected,
    };
    print!("{}", outcome(exercise, wrong, &checked, verdict, paint));
    Ok(verdict)
}

fn file(exercise: &Exercise, wrong: &WrongAnswer) -> PathBuf {
    exercise.solution().join("src").join("anti").join(format!("{}.rs", wrong.name))
}

/// The wrong answer of that name, title or file.
fn find<'a>(exercise: &'a Exercise, typed: &str) -> Result<&'a WrongAnswer> {
    let word = |text: &str| text.trim().to_lowercase().replace(['-', ' '], "_");
    let path = typed.replace('\\', "/");
    let last = path.rsplit('/').next().unwrap_or_default();
    let name = word(last.strip_suffix(".rs").unwrap_or(last));
    let all = || exercise.manifest.wrong_answers();
    let named = all().find(|wrong| wrong.name == name);
    let titled =
        || all().find(|wrong| word(&page::plain(&wrong.title)) == word(&page::plain(typed)));
    if let Some(found) = named.or_else(titled) {
        return Ok(found);
    }
    let near = nearest(&name, all().map(|wrong| wrong.name.as_str()));
    bail!(
        "no wrong answer of {0} is called `{typed}`.{near} `cargo workbook demo {0}` lists them.",
        exercise.name
    );
}

fn list(exercise: &Exercise, paint: Paint) -> String {
    let Exercise { name, manifest, .. } = exercise;
    let mut text = format!("{}  {}\n", paint.bold(name), page::plain(&manifest.title));
    let width = manifest.wrong_answers().map(|wrong| wrong.name.len()).max().unwrap_or(0);
    let groups = [
        (Rank::Taught, "The page teaches these anti-patterns:"),
        (Rank::Refused, "The page lists these under \"Also refused\":"),
    ];
    for (rank, heading) in groups {
        let of: Vec<_> = manifest.wrong_answers().filter(|wrong| wrong.rank == rank).collect();
        if of.is_empty() {
            continue;
        }
        // Writing to a string cannot fail.
        write!(text, "\n{heading}\n\n").ok();
        for wrong in of {
            let padding = " ".repeat(width - wrong.name.len());
            writeln!(text, "  {}{padding}  {}", wrong.name, page::plain(&wrong.title)).ok();
        }
    }
    match manifest.wrong_answers().next() {
        Some(first) => {
            let command = format!("cargo workbook demo {name} {}", first.name);
            text + &format!("\n`{command}` shows the first one fail.\n")
        }
        None => text + "\nIt has no wrong answers.\n",
    }
}

/// What the room should know before the tests run: what it is, and what it leads to.
fn introduction(
    workspace: &Workspace,
    exercise: &Exercise,
    wrong: &WrongAnswer,
    paint: Paint,
) -> String {
    let title = page::plain(&wrong.title);
    let symptom = wrap(&page::plain(&wrong.symptom), COLUMNS).join("\n");
    let mut text = format!("{}  {title}\n{symptom}\n", paint.bold(&exercise.name));
    write!(text, "\n{}\n", workspace.shown(&file(exercise, wrong))).ok();
    if let Some(line) = &wrong.guilty {
        writeln!(text, "  {}", paint.bold(line.trim())).ok();
    }
    text + "\n"
}

fn outcome(
    exercise: &Exercise,
    wrong: &WrongAnswer,
    checked: &Checked,
    verdict: Verdict,
    paint: Paint,
) -> String {
    let seconds = checked.seconds;
    let Some(judgement) = checked.judgement() else {
        let errors = checked.errors.join("\n");
        let words = paint.bad("It should fail its tests, and it does not compile.");
        return format!("{errors}\n{words} ({seconds:.1} s)\n");
    };
    let mut text = report_text::first_failure(paint, judgement);
    if !text.is_empty() {
        text.push('\n');
    }
    let failing = judgement.failing().count();
    let all = report_text::count(judgement.tests.len(), "test");
    let (words, more) = match verdict {
        Verdict::Accepted => ("as the book says", String::new()),
        Verdict::NotJudged => (
            "and not all could be judged",
            "The machine was in the way. Run it again when other programs have done their work.\n"
                .to_owned(),
        ),
        _ => ("and not as the book says", difference(exercise, wrong, judgement)),
    };
    let words = format!("It fails {failing} of {all}, {words}.");
    let words = if verdict == Verdict::Accepted {
        paint.bold(words).to_string()
    } else {
        paint.bad(words).to_string()
    };
    write!(text, "{words} ({seconds:.1} s)\n{more}").ok();
    text + &section(exercise, wrong, judgement)
}

/// What is listed for it and did not happen, and what happened and is not listed.
fn difference(exercise: &Exercise, wrong: &WrongAnswer, judgement: &Judgement) -> String {
    let mut text = String::new();
    for (test, cause) in wrong.failures() {
        let happened = match judgement.of(test).map(|judged| &judged.outcome) {
            Some(TestOutcome::Passed) => "it passes".to_owned(),
            Some(outcome) if outcome.cause() != cause => {
                format!("it fails because of {}", outcome.cause())
            }
            Some(_) => continue,
            None => "there is no such test".to_owned(),
        };
        writeln!(text, "  {test} should fail because of {cause}, and {happened}").ok();
    }
    for judged in judgement.failing().filter(|judged| wrong.cause_of(&judged.test).is_none()) {
        writeln!(text, "  {} should pass, and it fails", judged.test).ok();
    }
    let name = &exercise.name;
    text + &format!(
        "On a busy machine, run it again. Otherwise `cargo workbook verify {name}` says more.\n"
    )
}

/// Where the book explains it, unless the failure above has just said so.
fn section(exercise: &Exercise, wrong: &WrongAnswer, judgement: &Judgement) -> String {
    let name = &exercise.name;
    let named = judgement.failing().next().and_then(|judged| judged.outcome.read_on());
    match wrong.rank {
        Rank::Taught if named.is_some_and(|on| on.page == *name && on.section == wrong.title) => {
            String::new()
        }
        Rank::Taught => {
            let on = ReadOn { page: name.clone(), section: wrong.title.clone() };
            report_text::read_on(&on) + "\n"
        }
        Rank::Refused => {
            format!("The page of {name} lists it under \"Also refused\" (book/src/{name}.md).\n")
        }
    }
}

fn fails_as_listed(wrong: &WrongAnswer, judgement: &Judgement) -> bool {
    let is_listed =
        |judged: &TestResult| wrong.cause_of(&judged.test) == Some(judged.outcome.cause());
    judgement.failing().count() == wrong.failures().count() && judgement.failing().all(is_listed)
}
