//! `{{#refused gather}}`: the table of the wrong answers that the page does not teach.

use super::plain;
use crate::catalogue::Exercise;
use crate::catalogue::manifest::{Rank, WrongAnswer};
use crate::pages::book_context::BookContext;
use crate::pages::directive::Word;
use crate::pages::problem::Trouble;

/// Wrong answers that are refused, and where they are read.
#[derive(Clone, Debug)]
pub struct Refused<'a> {
    /// The exercise.
    pub exercise: &'a str,
    /// Each of them, at least one, in the order of the manifest.
    pub answers: Vec<Answer<'a>>,
}

/// A wrong answer and its file.
#[derive(Clone, Debug)]
pub struct Answer<'a> {
    /// What the manifest says of it.
    pub wrong: &'a WrongAnswer,
    /// The address of its file.
    pub url: String,
}

pub(super) fn read<'a>(context: &'a BookContext, words: &[Word]) -> Result<Refused<'a>, Trouble> {
    let [name] = plain(words, "{{#refused gather}}")?;
    let exercise = context.exercise(name)?;
    let mut answers = Vec::new();
    for wrong in of(exercise) {
        let file = exercise.solution().join("src").join("anti").join(format!("{}.rs", wrong.name));
        let file = context.shown(&file);
        context.read(&file, "write the answer there")?;
        answers.push(Answer { wrong, url: context.files_on_the_web()? + &file });
    }
    if answers.is_empty() {
        return Err(Trouble::new(
            format!("exercises/{name}/exercise.toml has no table [refused.NAME]"),
            "take the directive out, or correct the name",
        ));
    }
    Ok(Refused { exercise: &exercise.name, answers })
}

/// The wrong answers that stand in the table.
pub(super) fn of(exercise: &Exercise) -> impl Iterator<Item = &WrongAnswer> {
    exercise.manifest.wrong_answers().filter(|wrong| wrong.rank == Rank::Refused)
}
