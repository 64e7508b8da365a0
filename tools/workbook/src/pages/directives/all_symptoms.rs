//! `{{#all-symptoms}}`: the symptoms of all exercises, page by page.

use super::plain;
use crate::catalogue::Exercise;
use crate::pages::book_context::BookContext;
use crate::pages::directive::Word;
use crate::pages::problem::Trouble;

/// Every exercise with a wrong answer, in the order of the book.
#[derive(Clone, Debug)]
pub struct AllSymptoms<'a> {
    /// The exercises.
    pub exercises: Vec<&'a Exercise>,
}

pub(super) fn read<'a>(
    context: &'a BookContext,
    words: &[Word],
) -> Result<AllSymptoms<'a>, Trouble> {
    let [] = plain(words, "{{#all-symptoms}}")?;
    let has_wrong = |exercise: &&Exercise| exercise.manifest.wrong_answers().next().is_some();
    let exercises = context.catalogue.exercises.iter().filter(has_wrong).collect();
    Ok(AllSymptoms { exercises })
}
