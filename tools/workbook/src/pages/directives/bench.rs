//! `{{#bench gather}}`: the recorded numbers. A second word names a criterion group other than the
//! one that is called like the exercise.

use super::plain;
use crate::catalogue::bench::{Bench, Unit};
use crate::catalogue::manifest::nearest;
use crate::catalogue::recording_paths::bench_file;
use crate::pages::book_context::BookContext;
use crate::pages::directive::Word;
use crate::pages::problem::Trouble;

pub(super) fn read(context: &BookContext, words: &[Word]) -> Result<Bench, Trouble> {
    let (name, group) = match words {
        [_, _] => {
            plain(words, "{{#bench gather gather-500ms}}").map(|[name, group]| (name, group))?
        }
        _ => plain(words, "{{#bench gather}}").map(|[name]| (name, name))?,
    };
    let exercise = context.exercise(name)?;
    let planned = &exercise.manifest.bench;
    if !planned.contains_key(group) {
        let near = nearest(group, planned.keys().map(String::as_str));
        return Err(Trouble::new(
            format!("exercises/{name}/exercise.toml has no table [bench.{group}]"),
            format!("write it, or correct the name.{near}"),
        ));
    }
    let remedy = format!(
        "record it with `cargo bench -p {name}-solution`, then `cargo workbook bench {name}`"
    );
    recorded(context, &context.shown(&bench_file(exercise, group)), &remedy)
}

/// The recorded numbers of a file, by its path relative to the root of the workspace.
pub(super) fn recorded(context: &BookContext, file: &str, remedy: &str) -> Result<Bench, Trouble> {
    let recorded: Bench = serde_json::from_str(&context.read(file, remedy)?)
        .map_err(|error| Trouble::new(format!("{file} cannot be read: {error}"), remedy))?;
    if recorded.series.iter().all(|series| series.points.is_empty()) {
        return Err(Trouble::new(format!("{file} has no numbers"), remedy));
    }
    let wrong = |value: f64| !value.is_finite() || value <= 0.0;
    if recorded.series.iter().flat_map(|series| &series.points).any(|point| wrong(point.median)) {
        let what = match recorded.unit {
            Unit::Nanoseconds => "a duration that is no duration",
            Unit::Bytes => "a size that is no size",
        };
        return Err(Trouble::new(format!("{file} has {what}"), remedy));
    }
    Ok(recorded)
}
