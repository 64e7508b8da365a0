//! What starts, references, alternatives and anti-patterns must do.

use std::collections::BTreeSet;
use std::fs;

use anyhow::Result;

use super::report::Problem;
use super::runs::Ran;
use super::spawned;
use crate::catalogue::manifest::{WrongAnswer, nearest};
use crate::catalogue::workspace::Workspace;
use crate::catalogue::{Exercise, Kind};
use crate::engine::judge::{Crash, Judgement, TestOutcome, TestResult};
use crate::terminal::report_text::indented;

/// The name must not be that of a dependency: `cargo test -p` would not know which is meant.
pub fn name(workspace: &Workspace, exercise: &Exercise) -> Result<Option<Problem>> {
    let locked = workspace.locked()?;
    let taken =
        locked.iter().find(|package| package.name == exercise.name && package.source.is_some());
    Ok(taken.map(|package| {
        Problem::of(&exercise.name).says(
            "the exercise's name is its own",
            format!("Cargo.lock has the dependency {} {}", package.name, package.version),
            format!("Rename the exercise: `cargo test -p {}` is ambiguous.", exercise.name),
        )
    }))
}

/// Everything about an exercise's candidates.
pub fn all(workspace: &Workspace, exercise: &Exercise, ran: &[Ran]) -> Vec<Problem> {
    let mut problems = Vec::new();
    problems.extend(same_start(workspace, exercise));
    for ran in ran {
        problems.extend(compiles(workspace, exercise, ran));
        match ran.candidate.kind {
            Kind::Start => problems.extend(start(workspace, exercise, ran)),
            Kind::Reference | Kind::Alternative => problems.extend(right(exercise, ran)),
            Kind::Anti => {
                if let Some(listed) = exercise.manifest.wrong_answer(&ran.candidate.name) {
                    problems.extend(wrong(exercise, listed, ran));
                }
            }
        }
        problems.extend(spawned::problem(workspace, exercise, ran));
        problems.extend(not_judged(exercise, ran));
        problems.extend(ends(exercise, ran));
    }
    problems.extend(same_tests(workspace, exercise, ran));
    problems.extend(dead_tests(exercise, ran).into_iter().map(|test| {
        Problem::of(&exercise.name).test(test).says(
            "a wrong answer fails it",
            "every wrong answer passes it",
            "Add a wrong answer that it catches, or take the test out: nothing shows that it sees \
             anything.",
        )
    }));
    problems
}

/// The tests that no wrong answer fails. None while there is nothing to tell them by.
pub fn dead_tests<'a>(exercise: &'a Exercise, ran: &[Ran]) -> Vec<&'a str> {
    let caught = match met_by_wrong(ran, |judged| judged.test.as_str()) {
        None if exercise.manifest.wrong_answers().next().is_some() => return Vec::new(),
        caught => caught.unwrap_or_default(),
    };
    let tests = exercise.manifest.tests.keys().map(String::as_str);
    tests.filter(|test| !caught.contains(test)).collect()
}

/// What the failures of all wrong answers have for `key`. `None` while none of them has been run, or
/// where the machine was in the way of some.
pub fn met_by_wrong<'a>(
    ran: &'a [Ran],
    key: impl Fn(&'a TestResult) -> &'a str,
) -> Option<BTreeSet<&'a str>> {
    let wrong = ran.iter().filter(|ran| ran.candidate.kind == Kind::Anti);
    let judgements = wrong.flat_map(|ran| &ran.judgements).collect::<Vec<_>>();
    let all_are_judged = judgements.iter().all(|judgement| judgement.not_judged().next().is_none());
    if judgements.is_empty() || !all_are_judged {
        return None;
    }
    let judgements = judgements.into_iter();
    Some(judgements.flat_map(Judgement::failing).map(key).collect())
}

fn same_start(workspace: &Workspace, exercise: &Exercise) -> Option<Problem> {
    let start = exercise.start();
    let learners = exercise.answer_file();
    // What is not there has been reported.
    let (Ok(shipped), Ok(found)) = (fs::read(&start), fs::read(&learners)) else { return None };
    (shipped != found).then(|| {
        let (start, learners) = (workspace.shown(&start), workspace.shown(&learners));
        Problem::of(&exercise.name).candidate("start").says(
            format!("{learners} equals {start}"),
            "they differ",
            format!(
                "Copy the one that is right over the other. If you have solved the exercise here, \
                 `cargo workbook reset {0}` puts the shipped one back and keeps yours.",
                exercise.name
            ),
        )
    })
}

fn compiles(workspace: &Workspace, exercise: &Exercise, ran: &Ran) -> Vec<Problem> {
    let problem = || Problem::of(&exercise.name).candidate(&ran.candidate.name);
    let file = workspace.shown(&ran.candidate.file);
    if !ran.errors.is_empty() {
        // Those of the tests that spawn it are another problem.
        let (_, errors) = spawned::part(exercise, &ran.errors);
        let problem = problem().says(
            "it compiles",
            format!("the compiler says\n{}", errors.join("\n")),
            format!("Fix {file}, or the tests if they ask for something else than the task."),
        );
        return if errors.is_empty() { Vec::new() } else { vec![problem] };
    }
    if ran.judgements.is_empty() {
        return vec![problem().says(
            "its tests can be run",
            "cargo built no test binary",
            format!("Look at exercises/{0}/tests/{0}.rs and its Cargo.toml.", exercise.name),
        )];
    }
    if ran.warnings.is_empty() {
        return Vec::new();
    }
    vec![problem().says(
        "it compiles without a warning",
        format!("the compiler says\n{}", ran.warnings.join("\n")),
        format!(
            "Fix {file}; where the warning is the point, say so with `#[expect(…, reason = \
             \"…\")]`."
        ),
    )]
}

fn start(workspace: &Workspace, exercise: &Exercise, ran: &Ran) -> Vec<Problem> {
    let passed = ran.judgements.iter().flat_map(|judgement| &judgement.tests);
    passed
        .filter(|judged| matches!(judged.outcome, TestOutcome::Passed))
        .map(|judged| {
            Problem::of(&exercise.name).candidate("start").test(&judged.test).says(
                "the starting point fails every test",
                "it passes this one",
                format!(
                    "Leave the work to the learner with `todo!()` in {}, or let the test ask for \
                     something.",
                    workspace.shown(&ran.candidate.file)
                ),
            )
        })
        .collect()
}

fn right(exercise: &Exercise, ran: &Ran) -> Vec<Problem> {
    let runs = ran.judgements.len();
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for judged in ran.judgements.iter().flat_map(Judgement::failing) {
        if !seen.insert(&judged.test) {
            continue;
        }
        let failures = ran
            .judgements
            .iter()
            .filter(|judgement| judgement.failing().any(|other| other.test == judged.test))
            .count();
        let how_often =
            if runs == 1 { String::new() } else { format!(" in {failures} of {runs} runs") };
        let remedy = if failures == runs {
            "Fix it, or the test if it refuses a right answer."
        } else {
            "It fails now and then: look for a test that depends on the clock or the load."
        };
        let text = indented(&judged.outcome.text());
        problems.push(
            Problem::of(&exercise.name).candidate(&ran.candidate.name).test(&judged.test).says(
                "a right answer passes",
                format!("it fails{how_often}\n{text}"),
                remedy,
            ),
        );
    }
    problems
}

/// It fails the tests that it is listed for, each with the cause that it is listed for.
fn wrong(exercise: &Exercise, wrong: &WrongAnswer, ran: &Ran) -> Vec<Problem> {
    let manifest = format!("exercises/{}/exercise.toml", exercise.name);
    let table = wrong.table();
    let problem = |test: &str| Problem::of(&exercise.name).candidate(&wrong.name).test(test);
    let mut problems: Vec<Problem> = Vec::new();
    for judged in ran.judgements.iter().flat_map(|judgement| &judgement.tests) {
        if judged.outcome.is_not_judged() {
            // That has been reported.
            continue;
        }
        if problems.iter().any(|problem| problem.test.as_ref() == Some(&judged.test)) {
            // Once is enough, however often it was run.
            continue;
        }
        let text = indented(&judged.outcome.text());
        let seen = judged.outcome.cause();
        match (wrong.cause_of(&judged.test), &judged.outcome) {
            (None, TestOutcome::Passed) => {}
            (None, _) => problems.push(problem(&judged.test).says(
                format!("it passes: {manifest} does not list it in [{table}]"),
                format!("it fails with the cause `{seen}`\n{text}"),
                format!("List it there, {}, or fix the test.", at(wrong, seen)),
            )),
            (Some(listed), TestOutcome::Passed) => problems.push(problem(&judged.test).says(
                format!("it fails with the cause `{listed}`: {manifest} lists it in [{table}]"),
                "it passes",
                "Fix the test so that it sees the mistake, or take it out of the list.",
            )),
            (Some(listed), _) if listed == seen => {}
            (Some(listed), _) => problems.push(problem(&judged.test).says(
                format!("it fails with the cause `{listed}`: {manifest} lists it in [{table}]"),
                format!("it fails with the cause `{seen}`\n{text}"),
                format!("Correct the cause in the test, or list it {}.", at(wrong, seen)),
            )),
        }
    }
    problems
}

/// Where a test with this cause is listed.
fn at(wrong: &WrongAnswer, cause: &str) -> String {
    if cause == wrong.name {
        "under `fails`".to_owned()
    } else {
        format!("under `fails_for.{cause}`")
    }
}

/// The machine was not in the way of a test.
fn not_judged(exercise: &Exercise, ran: &Ran) -> Option<Problem> {
    let judged = ran.judgements.iter().flat_map(Judgement::not_judged).next()?;
    let problem = Problem::of(&exercise.name).candidate(&ran.candidate.name);
    Some(problem.test(&judged.test).says(
        "the machine lets every test be judged",
        indented(&judged.outcome.text()),
        "See to the machine, then verify again. Nothing is wrong with the candidate.",
    ))
}

/// Whatever a candidate does, each of its tests ends by itself.
fn ends(exercise: &Exercise, ran: &Ran) -> Option<Problem> {
    let (test, crash) = endless(&ran.judgements)?;
    let problem = Problem::of(&exercise.name).candidate(&ran.candidate.name).test(test);
    Some(problem.says(
        "it ends by itself, also where the code hangs",
        crash.headline.as_str(),
        "Let its body be a `testkit::run`, which has a watchdog.",
    ))
}

/// A test that had to be ended.
fn endless(judgements: &[Judgement]) -> Option<(&str, &Crash)> {
    let mut tests = judgements.iter().flat_map(|judgement| &judgement.tests);
    tests.find_map(|judged| match &judged.outcome {
        TestOutcome::NotFinished(crash) if crash.over_limit => Some((&*judged.test, crash)),
        _ => None,
    })
}

/// The manifest lists exactly the tests of the spec.
fn same_tests(workspace: &Workspace, exercise: &Exercise, ran: &[Ran]) -> Vec<Problem> {
    let Some(judgement) = ran.iter().find_map(|ran| ran.judgements.first()) else {
        return Vec::new();
    };
    let spec = workspace.shown(&exercise.spec());
    let listed: BTreeSet<&str> = exercise.manifest.tests.keys().map(String::as_str).collect();
    let there: BTreeSet<&str> = judgement.tests.iter().map(|judged| judged.test.as_str()).collect();
    let problem =
        |test: &str| Problem::of(&format!("exercises/{}/exercise.toml", exercise.name)).test(test);
    let missing = there.difference(&listed).map(|test| {
        problem(test).says(
            format!("every test of {spec} has a table [tests.NAME]"),
            "this one has none",
            format!("Add [tests.{test}] with its hints, at its place in the order of difficulty."),
        )
    });
    let stray = listed.difference(&there).map(|test| {
        problem(test).says(
            format!("every table [tests.NAME] is a test of {spec}"),
            "there is no such test",
            format!("Correct the name or delete it.{}", nearest(test, there.iter().copied())),
        )
    });
    missing.chain(stray).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_test_that_had_to_be_ended_is_told_from_one_whose_process_died() {
        let judgement = |over_limit| Judgement {
            tests: vec![TestResult {
                test: "hangs".to_owned(),
                outcome: TestOutcome::NotFinished(Crash { over_limit, ..Crash::default() }),
                timeline: None,
                printed: None,
            }],
            // However long it takes: a busy machine is no fault of the test.
            took: Duration::from_mins(5),
        };
        assert_eq!(endless(&[judgement(false)]), None);
        let ended = [judgement(false), judgement(true)];
        assert_eq!(endless(&ended).map(|(test, _)| test), Some("hangs"));
    }
}
