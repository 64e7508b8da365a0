//! `{{#exercise gather}}`: the box with the task, from `exercise.toml`.

use super::plain;
use crate::catalogue::Exercise;
use crate::pages::book_context::BookContext;
use crate::pages::directive::Word;
use crate::pages::problem::Trouble;

/// An exercise and where to begin.
#[derive(Clone, Debug)]
pub struct Task<'a> {
    /// The exercise.
    pub exercise: &'a Exercise,
    /// The file that the learner edits, relative to the root of the workspace.
    pub file: String,
}

pub(super) fn read<'a>(context: &'a BookContext, words: &[Word]) -> Result<Task<'a>, Trouble> {
    let [name] = plain(words, "{{#exercise gather}}")?;
    let exercise = context.exercise(name)?;
    let file = context.shown(&exercise.answer_file());
    context.read(&file, "every exercise has this file: write it")?;
    Ok(Task { exercise, file })
}
