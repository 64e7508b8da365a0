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
    /// What is asked, as Markdown: the sentence and the list at the head of that file, as shipped.
    /// Empty where the task is no list.
    pub checklist: String,
}

pub(super) fn read<'a>(context: &'a BookContext, words: &[Word]) -> Result<Task<'a>, Trouble> {
    let [name] = plain(words, "{{#exercise gather}}")?;
    let exercise = context.exercise(name)?;
    let file = context.shown(&exercise.answer_file());
    context.read(&file, "every exercise has this file: write it")?;
    let start = context.shown(&exercise.start());
    let start = context.read(&start, "every exercise has this file: copy the answer file to it")?;
    Ok(Task { exercise, file, checklist: checklist(&start) })
}

/// The sentence and the list at the head of an answer file, without its title.
fn checklist(answer: &str) -> String {
    let head = answer.lines().map_while(|line| line.strip_prefix("//!"));
    let lines: Vec<&str> = head.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    let in_list = |line: &&str| line.starts_with("- ") || line.starts_with("  ");
    let first = lines.iter().position(in_list);
    let last = lines.iter().rposition(in_list);
    match (first, last) {
        (Some(_), Some(last)) => {
            let text =
                lines[..=last].iter().skip_while(|line| line.is_empty() || line.starts_with("# "));
            text.copied().collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checklist_is_the_sentence_and_the_list() {
        let answer = "//! # many\n//!\n//! Fetch all:\n//!\n//! - one,\n//!   and more\n//! - two\n//!\n//! Run it.\n\nuse a;\n";
        assert_eq!(checklist(answer), "Fetch all:\n\n- one,\n  and more\n- two");
        assert_eq!(checklist("//! # many\n//!\n//! Fetch all.\n"), "");
    }
}
