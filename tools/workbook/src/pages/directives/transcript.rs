//! `{{#transcript gather/in_sequence}}`: the recorded failing test of a candidate.

use timeline::outcome::ReadOn;

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
    /// What it says, but for where to read on.
    pub said: String,
    /// Where it sends its reader.
    pub read_on: Option<ReadOn>,
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
    of(context, context.exercise(exercise)?, candidate, test)
}

/// What a candidate fails with: the test of that name, or the first that it is listed for.
pub(super) fn of<'a>(
    context: &BookContext,
    exercise: &'a Exercise,
    candidate: &str,
    test: Option<&str>,
) -> Result<Transcript<'a>, Trouble> {
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
    let (said, read_on) = split(&context.read(&file, &bless)?);
    let title = exercise.manifest.title_of(candidate);
    Ok(Transcript { exercise: &exercise.name, title, test, said, read_on })
}

/// Takes the last line off, where it says what to read on.
fn split(text: &str) -> (String, Option<ReadOn>) {
    let text = text.trim_end();
    let (before, last) = text.rsplit_once('\n').unwrap_or(("", text));
    let read_on = last
        .strip_prefix("Read on: ")
        .and_then(|rest| rest.rsplit_once(" (book/src/"))
        .and_then(|(place, _)| place.split_once(", "))
        .and_then(|(page, section)| {
            let section = section.strip_prefix('"')?.strip_suffix('"')?;
            Some(ReadOn { page: page.to_owned(), section: section.to_owned() })
        });
    let said = if read_on.is_some() { before.trim_end() } else { text };
    (said.to_owned(), read_on)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_to_read_on_is_taken_off() {
        let (said, on) = split("late\n\nBecause.\nRead on: a, \"Of \"b\", c\" (book/src/a.md)\n");
        assert_eq!(said, "late\n\nBecause.");
        let on = on.expect("the last line says so");
        assert_eq!((on.page.as_str(), on.section.as_str()), ("a", "Of \"b\", c"));

        let (said, on) = split("late\nRead on: nothing\n");
        assert_eq!((said.as_str(), on), ("late\nRead on: nothing", None));
    }
}
