//! `{{#timeline gather reference.asks_once_for_each_user "What to notice"}}`: recorded traces,
//! several one above another on the same scale.

use indexmap::IndexMap;
use timeline::Timeline;

use super::unlike;
use crate::catalogue::Exercise;
use crate::catalogue::manifest::{Axis, Figure, START, nearest};
use crate::catalogue::recording_paths::trace_name;
use crate::pages::book_context::BookContext;
use crate::pages::directive::Word;
use crate::pages::problem::{Trouble, listed};

const USAGE: &str = "{{#timeline gather reference.TEST \"What to notice\"}}";

/// Traces and what to notice about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timelines<'a> {
    /// The traces, at least one.
    pub traces: Vec<Trace<'a>>,
    /// What their axis tells.
    pub axis: Axis,
    /// What the reader is to notice, as Markdown.
    pub caption: String,
}

/// A recorded trace and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace<'a> {
    /// The candidate's title, as Markdown.
    pub title: &'a str,
    /// The test.
    pub test: &'a str,
    /// Whether its tests accept the candidate.
    pub right: bool,
    /// Lanes that are drawn as a line where they end, and what the line says.
    pub lines: &'a IndexMap<String, String>,
    /// What happened.
    pub timeline: Timeline,
}

pub(super) fn read<'a>(context: &'a BookContext, words: &[Word]) -> Result<Timelines<'a>, Trouble> {
    let [exercise, traces @ .., caption] = words else { return Err(unlike(USAGE)) };
    if traces.is_empty() || traces.iter().any(|trace| trace.quoted) {
        return Err(unlike(USAGE));
    }
    if !caption.quoted || caption.text.trim().is_empty() {
        return Err(Trouble::new(
            "the timeline has no caption",
            format!("say in quotation marks what the reader is to notice: `{USAGE}`"),
        ));
    }
    let exercise = context.exercise(&exercise.text)?;
    let figures: Vec<&Figure> =
        traces.iter().map(|name| figure(exercise, &name.text)).collect::<Result<_, _>>()?;
    let axis = figures[0].axis;
    if figures.iter().any(|figure| figure.axis != axis) {
        return Err(Trouble::new(
            "of these traces, some have an axis of times and some one of events",
            format!(
                "give each of them the same `axis` in exercises/{}/exercise.toml",
                exercise.name
            ),
        ));
    }
    let traces: Result<Vec<Trace>, Trouble> =
        figures.into_iter().map(|figure| trace(context, exercise, figure)).collect();
    Ok(Timelines { traces: traces?, axis, caption: caption.text.clone() })
}

/// The figure that is called `reference.TEST`.
fn figure<'a>(exercise: &'a Exercise, name: &str) -> Result<&'a Figure, Trouble> {
    let manifest = &exercise.manifest;
    let known: Vec<String> =
        manifest.figures.iter().map(|figure| format!("{}.{}", figure.of, figure.test)).collect();
    let Some(place) = known.iter().position(|known| known == name) else {
        let known = || known.iter().map(String::as_str);
        return Err(Trouble::new(
            format!("`{name}` is not among the [[figures]] of {}", exercise.name),
            format!(
                "add it to its exercise.toml, or name one of {}.{}",
                listed(known()),
                nearest(name, known())
            ),
        ));
    };
    Ok(&manifest.figures[place])
}

fn trace<'a>(
    context: &BookContext,
    exercise: &'a Exercise,
    figure: &'a Figure,
) -> Result<Trace<'a>, Trouble> {
    let manifest = &exercise.manifest;
    let file = context.shown(&exercise.recorded().join(trace_name(&figure.of, &figure.test)));
    let bless = format!("record it with `cargo workbook verify {} --bless`", exercise.name);
    let timeline: Timeline = serde_json::from_str(&context.read(&file, &bless)?)
        .map_err(|error| Trouble::new(format!("{file} is not a trace: {error}"), &bless))?;
    if timeline.lanes.is_empty() {
        return Err(Trouble::new(
            format!("nothing was recorded in {file}"),
            "choose a test in which something happens",
        ));
    }
    let lanes = || timeline.lanes.iter().map(|lane| lane.name.as_str());
    if let Some(line) = figure.lines.keys().find(|line| lanes().all(|lane| lane != line.as_str())) {
        return Err(Trouble::new(
            format!("{file} has no lane `{line}`, which is to be a line"),
            format!(
                "correct `lines` of the [[figures]] of {}: name one of {}.{}",
                exercise.name,
                listed(lanes()),
                nearest(line, lanes())
            ),
        ));
    }
    let Figure { of, test, lines, .. } = figure;
    let right = of != START && manifest.wrong_answer(of).is_none();
    Ok(Trace { title: manifest.title_of(of), test, right, lines, timeline })
}
