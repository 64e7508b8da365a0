//! `cargo workbook list`: the exercises in the order of the book, and how far they are.

use anyhow::Result;
use serde::Serialize;

use crate::catalogue::manifest::nearest;
use crate::catalogue::workspace::Workspace;
use crate::catalogue::{Exercise, lookup};
use crate::commands::survey::Survey;
use crate::learner::progress::totals::{Numbers, Totals};
use crate::learner::progress::{Progress, State};
use crate::terminal::locale;
use crate::terminal::paint::Paint;
use crate::terminal::report_text;

#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    state: State,
    /// It is solved, and its file has been changed since the tests passed.
    changed_since: bool,
    title: &'a str,
    goal: &'a str,
    minutes: u32,
    file: String,
    page: String,
    tests: Vec<&'a str>,
}

/// Prints the list: all exercises, or those that mention the word.
pub fn run(workspace: &Workspace, word: Option<&str>, json: bool) -> Result<()> {
    let Survey { catalogue, progress, .. } = Survey::read(workspace)?;
    let totals = Totals::of(&progress, &catalogue);
    let names = catalogue.names_with(&[]);
    let meant = word.map(|word| lookup::name(word, &names));
    let wanted = |(exercise, _): &&(&Exercise, State)| {
        word.is_none_or(|word| mentions(exercise, word))
            || meant == Some(Ok(exercise.name.as_str()))
    };
    let found: Vec<(&Exercise, State)> = totals.states.iter().filter(wanted).copied().collect();
    if json {
        let listed: Vec<_> = found
            .iter()
            .map(|(exercise, state)| listed(workspace, &progress, exercise, *state))
            .collect();
        println!("{}", serde_json::to_string_pretty(&listed)?);
        return Ok(());
    }
    match word {
        Some(word) if found.is_empty() => {
            let near = nearest(&word.to_lowercase(), names.iter().copied());
            println!("No exercise mentions `{word}`.{near} `cargo workbook list` shows them all.");
        }
        _ => print!("{}", text(&progress, &totals, &found, Paint::stdout())),
    }
    Ok(())
}

/// How far an exercise is, in a few words.
pub fn far(state: State, changed_since: bool) -> String {
    let since = if changed_since { ", changed since" } else { "" };
    format!("{}{since}", state.word())
}

/// Whether the exercise's name, title, goal or symptoms contain the word, in whatever case.
pub fn mentions(exercise: &Exercise, word: &str) -> bool {
    let word = word.to_lowercase();
    let manifest = &exercise.manifest;
    let symptoms = manifest.wrong_answers().map(|wrong| &wrong.symptom);
    [&exercise.name, &manifest.title, &manifest.goal]
        .into_iter()
        .chain(symptoms)
        .any(|text| text.to_lowercase().contains(&word))
}

fn text(
    progress: &Progress,
    totals: &Totals<'_>,
    found: &[(&Exercise, State)],
    paint: Paint,
) -> String {
    let mut lines = Vec::new();
    let width = found.iter().map(|(exercise, _)| exercise.name.len()).max().unwrap_or(0);
    let far = |(exercise, state): &(&Exercise, State)| {
        far(*state, progress.is_changed_since_solved(exercise))
    };
    let words: Vec<String> = found.iter().map(far).collect();
    // The same width in most lists, whatever has been found.
    let usual = State::Untouched.word().len();
    let widest = words.iter().map(String::len).max().unwrap_or(0).max(usual);
    for ((exercise, state), far) in found.iter().zip(&words) {
        let Exercise { name, manifest, .. } = exercise;
        let padding = " ".repeat(width - name.len());
        let minutes = paint.dim(format!("{:>3} min", manifest.minutes));
        let state = match state {
            State::Untouched => paint.dim(format!("  {far:widest$}")).to_string(),
            State::Started => format!("… {far:widest$}"),
            State::Solved => paint.good(format!("✓ {far:widest$}")).to_string(),
        };
        lines.push(format!(
            "  {state}  {}{padding}  {minutes}  {}",
            paint.bold(name),
            manifest.title
        ));
    }
    let Numbers { exercises, solved, minutes_left, .. } = totals.numbers();
    let of = report_text::count(exercises, "exercise");
    let minutes = report_text::count(minutes_left as usize, "minute");
    lines.push(format!("\n{solved} of {of} solved, {minutes} to go."));
    if let Some(next) = totals.next() {
        lines.push(format!("Next: `cargo workbook test {}`. Or start with any other.", next.name));
    }
    locale::shown(lines.join("\n") + "\n")
}

fn listed<'a>(
    workspace: &Workspace,
    progress: &Progress,
    exercise: &'a Exercise,
    state: State,
) -> Listed<'a> {
    let manifest = &exercise.manifest;
    Listed {
        name: &exercise.name,
        state,
        changed_since: progress.is_changed_since_solved(exercise),
        title: &manifest.title,
        goal: &manifest.goal,
        minutes: manifest.minutes,
        file: workspace.shown(&exercise.answer_file()),
        page: workspace.shown(&exercise.page()),
        tests: manifest.tests.keys().map(String::as_str).collect(),
    }
}
