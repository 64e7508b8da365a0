//! `{{#timeline gather reference.asks_once_for_each_user "What to notice"}}`: recorded traces,
//! several one above another on the same scale.

use timeline::Timeline;

use super::unlike;
use crate::catalogue::Exercise;
use crate::catalogue::manifest::nearest;
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
    let traces: Result<Vec<Trace>, Trouble> =
        traces.iter().map(|name| trace(context, exercise, &name.text)).collect();
    Ok(Timelines { traces: traces?, caption: caption.text.clone() })
}

fn trace<'a>(
    context: &BookContext,
    exercise: &'a Exercise,
    name: &str,
) -> Result<Trace<'a>, Trouble> {
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
    let figure = &manifest.figures[place];
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
    Ok(Trace { title: manifest.title_of(&figure.of), test: &figure.test, timeline })
}
