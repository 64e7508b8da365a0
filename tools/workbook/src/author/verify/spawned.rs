//! The tests that spawn a right answer on a multi-thread runtime.
//!
//! They are compiled with the candidate, beside the exercise's tests: what is not `Send` does not
//! compile there. None of them is listed in the manifest.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use timeline::visible;

use super::report::Problem;
use super::runs::{LIMIT, Ran};
use crate::catalogue::Exercise;
use crate::catalogue::workspace::Workspace;
use crate::engine::compile::points_into;
use crate::engine::process_group::CancelToken;
use crate::engine::run_journal::RunJournal;
use crate::engine::scratch_workspace::SPAWNED;
use crate::engine::test_process::{self, ExitKind, TestExit};
use crate::terminal::report_text::indented;

const EXPECTED: &str = "it can be spawned on a multi-thread runtime";

/// Runs the tests once. What they print, unless all have passed.
pub fn run(executable: &Path, folder: &Path) -> Result<Option<String>> {
    // Those that are runs of the test kit leave outcomes, which are of no interest here.
    let journal = RunJournal::new(None)?;
    let only = format!("{SPAWNED}::");
    let TestExit { how, output, .. } = test_process::run(
        &CancelToken::default(),
        executable,
        folder,
        &[&only],
        Some(&journal),
        Instant::now() + LIMIT,
    )?;
    let output = output.text();
    Ok(match how {
        ExitKind::Code(0) if output.contains("running 0 tests") => {
            Some("there is no test in it".to_owned())
        }
        ExitKind::Code(0) => None,
        ExitKind::OverLimit => {
            Some(format!("it did not end within {} s\n{}", LIMIT.as_secs(), visible(&output)))
        }
        ExitKind::Code(_) | ExitKind::Signal(_) => Some(visible(&output).into_owned()),
    })
}

/// Parts the compiler's errors: those of the tests that spawn the candidate, and the others.
pub fn part(exercise: &Exercise, errors: &[String]) -> (Vec<String>, Vec<String>) {
    let file = exercise.spawned_file();
    errors.iter().cloned().partition(|error| points_into(error, &file))
}

/// What is wrong with a candidate that has been built or run with these tests.
pub fn problem(workspace: &Workspace, exercise: &Exercise, ran: &Ran) -> Option<Problem> {
    let (errors, _) = part(exercise, &ran.errors);
    let happened = if !errors.is_empty() {
        format!("the compiler says\n{}", errors.join("\n"))
    } else if let Some(first) = ran.spawned.first() {
        format!("its tests say\n{}", indented(first))
    } else {
        return None;
    };
    let name = &ran.candidate.name;
    let spawned = workspace.shown(&exercise.spawned_file());
    let or = if ran.candidate.kind == crate::catalogue::Kind::Alternative {
        format!(", or say in exercise.toml why not: `single_threaded` of [alternatives.{name}]")
    } else {
        String::new()
    };
    Some(Problem::of(&exercise.name).candidate(name).says(
        EXPECTED,
        happened,
        format!("See {spawned}. Fix {}{or}.", workspace.shown(&ran.candidate.file)),
    ))
}
