//! `{{#symptoms gather}}`: the list that leads from a symptom to the anti-pattern that shows it.

use super::plain;
use crate::catalogue::manifest::WrongAnswer;
use crate::pages::book_context::BookContext;
use crate::pages::directive::Word;
use crate::pages::problem::Trouble;

/// The anti-patterns that a page teaches.
#[derive(Clone, Debug)]
pub struct Symptoms<'a> {
    /// The exercise, and so the page.
    pub exercise: &'a str,
    /// Each of them, at least one, in the order of the manifest.
    pub taught: Vec<&'a WrongAnswer>,
}

pub(super) fn read<'a>(context: &'a BookContext, words: &[Word]) -> Result<Symptoms<'a>, Trouble> {
    let [name] = plain(words, "{{#symptoms gather}}")?;
    let exercise = context.exercise(name)?;
    let taught: Vec<&WrongAnswer> = exercise.manifest.taught().collect();
    if taught.is_empty() {
        return Err(Trouble::new(
            format!("exercises/{name}/exercise.toml has no table [anti.NAME]"),
            "take the directive out, or correct the name",
        ));
    }
    Ok(Symptoms { exercise: &exercise.name, taught })
}
