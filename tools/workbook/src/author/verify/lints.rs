//! Who reports the mistakes of an exercise's table of lints, compared with what is recorded.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result};

use super::Options;
use super::recordings::Recorded;
use super::report::Problem;
use crate::author::lints::{self, Observed};
use crate::catalogue::Exercise;
use crate::catalogue::lints::{Lints, Reports};
use crate::catalogue::recording_paths;
use crate::catalogue::workspace::Workspace;
use crate::learner::atomic_write;

/// Compares the recorded lints with the manifest, and with `lint` also with what the compiler says.
/// With `bless` as well, writes what differs.
pub fn compare(workspace: &Workspace, exercise: &Exercise, options: &Options) -> Result<Recorded> {
    let cases = &exercise.manifest.lints;
    // A file that is not there has been reported.
    if cases.is_empty() || cases.keys().any(|name| !exercise.lint_case(name).is_file()) {
        return Ok(Recorded::default());
    }
    if options.lint {
        let now = lints::observe(workspace, exercise)?;
        return with(workspace, exercise, &now, options.bless);
    }
    let mut found = Recorded::default();
    let recorded = recorded(exercise);
    if !recorded.iter().flat_map(|recorded| recorded.cases.keys()).eq(cases.keys()) {
        let shown = workspace.shown(&recording_paths::lints_file(exercise));
        found.problems.push(problem(
            exercise,
            format!("{shown} has every case of [lints] in exercise.toml"),
            "it is missing, cannot be read, or has others".to_owned(),
        ));
    }
    Ok(found)
}

/// Compares the recorded lints with those that have been observed.
pub fn with(
    workspace: &Workspace,
    exercise: &Exercise,
    now: &Observed,
    bless: bool,
) -> Result<Recorded> {
    let mut found = Recorded::default();
    for (name, lints) in &now.noisy {
        let lints: Vec<&str> = lints.iter().map(String::as_str).collect();
        let case = workspace.shown(&exercise.lint_case(name));
        found.problems.push(Problem::of(&exercise.name).candidate(name).says(
            format!("`right` of {case} is reported by no lint"),
            lints.join(", "),
            "Mend it: it shows how the mistake is avoided.",
        ));
    }
    let (now, old) = (&now.lints, recorded(exercise));
    let same = |old: &Lints| old.cases.iter().eq(now.cases.iter()) && old.asked == now.asked;
    if old.as_ref().is_some_and(same) {
        return Ok(found);
    }
    let file = recording_paths::lints_file(exercise);
    let shown = workspace.shown(&file);
    if bless {
        fs::create_dir_all(exercise.recorded())
            .and_then(|()| {
                let text = serde_json::to_string_pretty(now)? + "\n";
                atomic_write::write(&file, text.as_bytes())
            })
            .with_context(|| format!("cannot write {shown}"))?;
        found.blessed.push(shown);
        return Ok(found);
    }
    let expected = format!("{shown} is what rustc {} and its clippy report", now.rustc);
    let happened = match old {
        Some(old) => differences(&old, now),
        None => "it is missing, or cannot be read".to_owned(),
    };
    found.problems.push(problem(exercise, expected, happened));
    Ok(found)
}

fn recorded(exercise: &Exercise) -> Option<Lints> {
    let text = fs::read(recording_paths::lints_file(exercise)).ok()?;
    serde_json::from_slice(&text).ok()
}

fn problem(exercise: &Exercise, expected: String, happened: String) -> Problem {
    let name = &exercise.name;
    Problem::of(name).says(
        expected,
        happened,
        format!("If the new one is right: `cargo workbook verify {name} --bless --lint`."),
    )
}

/// Each case of which something else is recorded than is reported now.
fn differences(old: &Lints, now: &Lints) -> String {
    let mut text = format!("recorded with rustc {}:", old.rustc);
    let gone = old.cases.keys().filter(|name| !now.cases.contains_key(*name));
    for name in now.cases.keys().chain(gone) {
        let (old, now) = (old.cases.get(name), now.cases.get(name));
        if old != now {
            // Writing to a String cannot fail.
            _ = write!(text, "\n{name}: was {}, is {}", told(old), told(now));
        }
    }
    if old.cases.iter().eq(now.cases.iter()) {
        text.push_str(" others were asked for, or in another order");
    }
    text
}

fn told(reports: Option<&Reports>) -> String {
    let Some(Reports { rustc, clippy, asked }) = reports else { return "not there".to_owned() };
    let on_request = asked.iter().map(|name| format!("{name} (when asked)"));
    let all: Vec<String> = rustc.union(clippy).cloned().chain(on_request).collect();
    if all.is_empty() { "nobody".to_owned() } else { all.join(", ") }
}
