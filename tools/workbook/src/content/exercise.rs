//! `{{#exercise gather}}`: the box with the task, from `exercise.toml`.

use super::plain;
use crate::catalogue::Exercise;
use crate::directive::Word;
use crate::site::Site;
use crate::trouble::Trouble;

/// An exercise and where to begin.
#[derive(Clone, Debug)]
pub struct Task<'a> {
    /// The exercise.
    pub exercise: &'a Exercise,
    /// The file that the learner edits, relative to the root of the workspace.
    pub file: String,
}

pub(super) fn read<'a>(site: &'a Site, words: &[Word]) -> Result<Task<'a>, Trouble> {
    let [name] = plain(words, "{{#exercise gather}}")?;
    let exercise = site.exercise(name)?;
    let file = site.shown(&exercise.learners_file());
    site.read(&file, "every exercise has this file: write it")?;
    Ok(Task { exercise, file })
}
