//! `cargo workbook verify`: proves what the workbook promises.
//!
//! - [`runs`]: builds all candidates together and runs them
//! - [`behaviour`]: what starts, references, alternatives and wrong answers must do
//! - [`spawned`]: the tests that spawn a right answer on a multi-thread runtime
//! - [`causes`]: the causes of an exercise, and whether a wrong answer fails for each of them
//! - [`recordings`]: what is recorded, compared with what happened
//! - [`lints`]: who reports the mistakes of an exercise's table of lints
//! - [`pages`]: what the book says, compared with the manifests
//! - [`whole`]: what of an exercise is missing, or is still the skeleton's
//! - [`report`]: the table and the problems
//! - [`matrix`]: right answers under conditions that others may bring, in a run of its own

pub mod behaviour;
pub mod causes;
pub mod lints;
pub mod matrix;
pub mod pages;
pub mod recordings;
pub mod report;
pub mod runs;
pub mod shown;
pub mod spawned;
pub mod whole;

use std::time::Instant;

use anyhow::Result;

use crate::catalogue::manifest::Flaw;
use crate::catalogue::workspace::Workspace;
use crate::catalogue::{Catalogue, Exercise, exercise_of, lookup};
use crate::commands::verdict::Verdict;
use crate::engine::process_group;
use crate::engine::signature;
use crate::pages::book_context::BookContext;
use crate::terminal::paint::Paint;
use report::{Alike, Problem, Report, Row, Shown};
use runs::Ran;

/// What to verify, and how thoroughly.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The exercises; none: all.
    pub names: Vec<String>,
    /// References and alternatives run so many times (at least once), anti-patterns up to five.
    pub repeat: u32,
    /// Every core is busy while tests run.
    pub load: bool,
    /// Recordings that differ are written.
    pub bless: bool,
    /// Candidates are linted with clippy as well.
    pub lint: bool,
}

/// Verifies and prints the report.
pub fn run(workspace: &Workspace, options: &Options, json: bool) -> Result<Verdict> {
    process_group::adopt_orphans();
    let paint = if json { Paint::plain() } else { Paint::stdout() };
    let report = verify(workspace, options, paint.colours)?;
    if json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{}", Shown { report: &report, paint });
    }
    Ok(if report.problems.is_empty() { Verdict::Accepted } else { Verdict::Rejected })
}

/// Checks every invariant of the exercises asked for. `colours`: in the compiler's messages.
pub fn verify(workspace: &Workspace, options: &Options, colours: bool) -> Result<Report> {
    let began = Instant::now();
    let (catalogue, flaws) = Catalogue::survey(&workspace.root)?;
    let context = BookContext::of(catalogue);
    let (exercises, flaws) = chosen(&context.catalogue, flaws, &options.names)?;
    let mut report = Report::default();
    report.problems.extend(flaws.into_iter().map(Problem::from));
    for exercise in &exercises {
        report.problems.extend(exercise.file_flaws().into_iter().map(Problem::from));
        report.problems.extend(behaviour::name(workspace, exercise)?);
        report.problems.extend(whole::all(workspace, exercise));
    }
    let recorded = recordings::compare_tools(workspace, options.bless)?;
    report.problems.extend(recorded.problems);
    report.blessed.extend(recorded.blessed);
    let ran = runs::all(workspace, &exercises, options, colours)?;
    for (exercise, ran) in exercises.iter().zip(&ran) {
        report.problems.extend(behaviour::all(workspace, exercise, ran));
        let ids = causes::ids(workspace, exercise).unwrap_or_else(|problem| {
            report.problems.push(*problem);
            Vec::new()
        });
        let dead = causes::dead(&ids, ran);
        report.problems.extend(causes::problems(workspace, exercise, &dead));
        let recorded = recordings::compare(workspace, exercise, ran, options.bless)?;
        report.problems.extend(recorded.problems);
        report.blessed.extend(recorded.blessed);
        let alike = signature::indistinguishable(exercise).into_iter();
        report
            .alike
            .extend(alike.map(|candidates| Alike { exercise: exercise.name.clone(), candidates }));
        let linted = lints::compare(workspace, exercise, options)?;
        report.problems.extend(linted.problems);
        report.blessed.extend(linted.blessed);
        report.exercises.push(Row { dead_causes: dead.len(), ..row(exercise, ran) });
        report.candidates += ran.len();
    }
    // After the recordings: a page may show what has just been written.
    for (exercise, ran) in exercises.iter().zip(&ran) {
        report.problems.extend(pages::all(workspace, &context, exercise, ran));
    }
    if options.names.is_empty() {
        report.problems.extend(pages::others(workspace, &context));
    }
    report.seconds = began.elapsed().as_secs_f64();
    Ok(report)
}

/// The exercises asked for, and the flaws that concern them.
fn chosen<'a>(
    catalogue: &'a Catalogue,
    flaws: Vec<Flaw>,
    names: &[String],
) -> Result<(Vec<&'a Exercise>, Vec<Flaw>)> {
    if names.is_empty() {
        return Ok((catalogue.exercises.iter().collect(), flaws));
    }
    let known = catalogue.names_with(&flaws);
    let mut wanted = Vec::new();
    for typed in names {
        wanted.push(lookup::name(typed, &known).map_err(anyhow::Error::msg)?);
    }
    let is_wanted = |exercise: &&Exercise| wanted.contains(&exercise.name.as_str());
    let exercises = catalogue.exercises.iter().filter(is_wanted).collect();
    let is_wanted = |flaw: &&Flaw| exercise_of(flaw).is_some_and(|name| wanted.contains(&name));
    let flaws = flaws.iter().filter(is_wanted).cloned().collect();
    Ok((exercises, flaws))
}

fn row(exercise: &Exercise, ran: &[Ran]) -> Row {
    let manifest = &exercise.manifest;
    Row {
        exercise: exercise.name.clone(),
        tests: manifest.tests.len(),
        alternatives: manifest.alternatives.len(),
        taught: manifest.taught().count(),
        refused: manifest.wrong_answers().count() - manifest.taught().count(),
        dead_tests: behaviour::dead_tests(exercise, ran).len(),
        dead_causes: 0,
        runs: ran.iter().map(|ran| ran.judgements.len()).sum(),
        seconds: ran
            .iter()
            .flat_map(|ran| &ran.judgements)
            .map(|judgement| judgement.took.as_secs_f64())
            .sum(),
    }
}
