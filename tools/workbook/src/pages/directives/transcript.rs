//! `{{#transcript gather/in_sequence}}`: the recorded failing test of a candidate.

use super::unlike;
use crate::catalogue::Exercise;
use crate::catalogue::manifest::{START, nearest};
use crate::catalogue::recording_paths::transcript_name;
use crate::pages::book_context::BookContext;
use crate::pages::directive::Word;
use crate::pages::problem::{Trouble, listed};

const USAGE: &str =
    "{{#transcript gather/in_sequence}}` or `{{#transcript gather/in_sequence TEST}}";

/// What a failing test says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transcript<'a> {
    /// The name of the exercise.
    pub exercise: &'a str,
    /// The title of the candidate that fails, as Markdown.
    pub title: &'a str,
    /// The test.
    pub test: &'a str,
    /// What it says.
    pub said: String,
}

pub(super) fn read<'a>(
    context: &'a BookContext,
    words: &[Word],
) -> Result<Transcript<'a>, Trouble> {
    let (path, test) = match words {
        [path] => (path, None),
        [path, test] => (path, Some(test.text.as_str())),
        _ => return Err(unlike(USAGE)),
    };
    let Some((exercise, candidate)) = path.text.split_once('/') else { return Err(unlike(USAGE)) };
    let exercise = context.exercise(exercise)?;
    let (candidate, tests) = failing(exercise, candidate)?;
    let known = || tests.iter().copied();
    let test = match test {
        None => known().next().unwrap_or_default(),
        Some(test) => known().find(|known| *known == test).ok_or_else(|| {
            Trouble::new(
                format!("`{candidate}` is not listed as failing `{test}`"),
                format!("name one of {}.{}", listed(known()), nearest(test, known())),
            )
        })?,
    };
    let file = context.shown(&exercise.recorded().join(transcript_name(candidate, test)));
    let bless = format!("record it with `cargo workbook verify {} --bless`", exercise.name);
    let said = context.read(&file, &bless)?;
    let title = exercise.manifest.title_of(candidate);
    Ok(Transcript { exercise: &exercise.name, title, test, said })
}

/// A candidate that fails, as the manifest calls it, and the tests that it is listed for.
fn failing<'a>(
    exercise: &'a Exercise,
    candidate: &str,
) -> Result<(&'a str, Vec<&'a str>), Trouble> {
    let manifest = &exercise.manifest;
    if candidate == START {
        return Ok((START, manifest.tests.keys().take(1).map(String::as_str).collect()));
    }
    let known = || manifest.wrong_answers().map(|wrong| wrong.name.as_str());
    let wrong = manifest.wrong_answer(candidate).ok_or_else(|| {
        Trouble::new(
            format!("{} has no anti-pattern `{candidate}`", exercise.name),
            format!(
                "name one of {}, or `{START}`.{}",
                listed(known()),
                nearest(candidate, known())
            ),
        )
    })?;
    Ok((&wrong.name, wrong.tests().collect()))
}
