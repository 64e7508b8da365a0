//! What is recorded, compared with what happened.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use timeline::Timeline;

use super::report::Problem;
use super::runs::Ran;
use crate::catalogue::Exercise;
use crate::judge::Judged;
use crate::record;
use crate::show::{count, indented};
use crate::workspace::Workspace;

/// What was found, and what was written.
#[derive(Debug, Default)]
pub struct Recorded {
    /// Recordings that are missing, differ, or are asked for by nothing.
    pub problems: Vec<Problem>,
    /// What was written or deleted instead.
    pub blessed: Vec<String>,
}

/// Compares an exercise's recordings. With `bless`, writes those that differ.
pub fn compare(
    workspace: &Workspace,
    exercise: &Exercise,
    ran: &[Ran],
    bless: bool,
) -> Result<Recorded> {
    let mut recorded = Recorded::default();
    let mut missing = Vec::new();
    let mut asked_for = BTreeSet::from(["bench.json".to_owned()]);
    for (candidate, test) in record::transcripts(exercise) {
        let name = record::transcript_name(&candidate, &test);
        asked_for.insert(name.clone());
        // A candidate that did not run, or does not fail, has been reported.
        let Some(judged) = judged(ran, &candidate, &test) else { continue };
        let text = transcript(workspace, judged);
        if text.is_empty() {
            continue;
        }
        let file = exercise.recorded().join(&name);
        let old = fs::read_to_string(&file).ok().map(|old| old.replace("\r\n", "\n"));
        if old.as_ref() == Some(&text) {
            continue;
        }
        if bless {
            write(&file, &text)?;
            recorded.blessed.push(workspace.shown(&file));
            continue;
        }
        let Some(old) = old else {
            missing.push(name);
            continue;
        };
        let happened =
            format!("it differs\nrecorded:\n{}now:\n{}", indented(&old), indented(&text));
        recorded.problems.push(differs(exercise, &candidate, &test, "transcript", happened));
    }
    for figure in &exercise.manifest.figures {
        let name = record::trace_name(&figure.of, &figure.test);
        asked_for.insert(name.clone());
        let now = judged(ran, &figure.of, &figure.test).and_then(|judged| judged.timeline.as_ref());
        let Some(now) = now else { continue };
        let file = exercise.recorded().join(&name);
        let old = fs::read(&file).ok();
        let read = old.as_ref().and_then(|old| serde_json::from_slice::<Timeline>(old).ok());
        if read.is_some_and(|old| old.same_order(now)) {
            continue;
        }
        if bless {
            write(&file, &(serde_json::to_string_pretty(now)? + "\n"))?;
            recorded.blessed.push(workspace.shown(&file));
            continue;
        }
        if old.is_none() {
            missing.push(name);
            continue;
        }
        let shown = workspace.shown(&file);
        let drawn = timeline::text::by_order(now, &timeline::text::Style::default());
        let happened = format!("{shown} shows another order of events. Now:\n{}", indented(&drawn));
        recorded.problems.push(differs(exercise, &figure.of, &figure.test, "trace", happened));
    }
    if !missing.is_empty() {
        let (name, folder) = (&exercise.name, workspace.shown(&exercise.recorded()));
        recorded.problems.push(Problem::of(name).says(
            format!("{folder}/ has every transcript and trace that exercise.toml asks for"),
            format!("{} missing:\n{}", count(missing.len(), "recording"), missing.join("\n")),
            format!("Record what happens: `cargo workbook verify {name} --bless`."),
        ));
    }
    stray(workspace, exercise, &asked_for, bless, &mut recorded)?;
    Ok(recorded)
}

fn judged<'a>(ran: &'a [Ran], candidate: &str, test: &str) -> Option<&'a Judged> {
    let ran = ran.iter().find(|ran| ran.candidate.name == candidate)?;
    ran.judgements.first()?.of(test)
}

/// The explanation, the same in every checkout: paths are named from the workbook's root.
fn transcript(workspace: &Workspace, judged: &Judged) -> String {
    let text = judged.fate.text();
    let root = format!("{}{}", workspace.root.display(), std::path::MAIN_SEPARATOR);
    let text = text.replace(&root, "");
    if text.is_empty() { text } else { format!("{}\n", text.trim_end()) }
}

fn differs(
    exercise: &Exercise,
    candidate: &str,
    test: &str,
    what: &str,
    happened: String,
) -> Problem {
    let name = &exercise.name;
    Problem::of(name).candidate(candidate).test(test).says(
        format!("the recorded {what} is what happens"),
        happened,
        format!("If the new one is right: `cargo workbook verify {name} --bless`."),
    )
}

/// Files in `recorded/` that nothing asks for.
fn stray(
    workspace: &Workspace,
    exercise: &Exercise,
    asked_for: &BTreeSet<String>,
    bless: bool,
    recorded: &mut Recorded,
) -> Result<()> {
    // No such folder means no such files.
    let Ok(entries) = fs::read_dir(exercise.recorded()) else { return Ok(()) };
    let mut files: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    files.sort();
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if asked_for.contains(&*name) {
            continue;
        }
        let shown = workspace.shown(&file);
        if bless && file.is_file() {
            fs::remove_file(&file).with_context(|| format!("cannot delete {shown}"))?;
            recorded.blessed.push(format!("{shown} (deleted: nothing asks for it)"));
            continue;
        }
        recorded.problems.push(Problem::of(&exercise.name).says(
            "every recording is asked for by exercise.toml",
            format!("nothing asks for {shown}"),
            format!(
                "Delete it (`cargo workbook verify {} --bless` does), or list it.",
                exercise.name
            ),
        ));
    }
    Ok(())
}

fn write(file: &Path, text: &str) -> Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)
            .with_context(|| format!("cannot create the folder {}", folder.display()))?;
    }
    fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}
