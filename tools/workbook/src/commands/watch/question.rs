//! A question before something that the learner may not have meant.
//!
//! The answer is typed and sent with Enter, so that no key that was pressed by mistake changes a
//! file, or goes anywhere else while the question is on the screen.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::state::State;

/// More than the longest word that means yes. What is longer is a mistake, and needs no room.
const LONGEST: usize = 20;

/// What the learner is asked, and the answer as far as it is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What it is about.
    pub subject: Subject,
    /// The index of the exercise that it is about.
    pub at: usize,
    /// What has been typed.
    pub typed: String,
}

/// What a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Give the file its starting point again.
    Reset,
    /// Show the reference before it is solved.
    Solution,
    /// Compare with the reference before it is solved.
    Diff,
    /// Put the reference in the file's place.
    Apply,
    /// Bring the newest copy back.
    Undo,
}

/// What a key makes of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Yes.
    Yes,
    /// No.
    No,
    /// It is not answered yet.
    Open,
}

impl Question {
    /// A question to which nothing has been typed yet.
    pub fn new(subject: Subject, at: usize) -> Self {
        Self { subject, at, typed: String::new() }
    }

    /// Takes a key. Only `y` or `yes`, followed by Enter, means yes.
    pub fn key(&mut self, key: KeyEvent) -> Answer {
        match key.code {
            KeyCode::Enter if matches!(&*self.typed.to_lowercase(), "y" | "yes") => {
                return Answer::Yes;
            }
            KeyCode::Enter | KeyCode::Esc => return Answer::No,
            KeyCode::Backspace => {
                self.typed.pop();
            }
            KeyCode::Char(c)
                if !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT)
                    && self.typed.chars().count() < LONGEST =>
            {
                self.typed.push(c);
            }
            _ => {}
        }
        Answer::Open
    }

    /// The question: it names the exercise, the file, and what becomes of it.
    pub fn words(&self, state: &State) -> String {
        let exercise = &state.catalogue.exercises[self.at];
        let name = &exercise.name;
        let answer = exercise.answer_file();
        let file = state.workspace.shown(&answer);
        let kept = if answer.exists() { " A copy of what it holds now is kept." } else { "" };
        match self.subject {
            Subject::Reset => {
                format!("Reset {name}? {file} becomes the starting point again.{kept}")
            }
            Subject::Solution | Subject::Diff => format!(
                "Show the reference of {name}? You have not solved it yet. No file is changed; \
                 for less than that, h gives a hint."
            ),
            Subject::Apply => {
                format!("Apply the reference of {name}? It replaces {file}.{kept}")
            }
            Subject::Undo => {
                format!("Undo in {name}? The newest kept copy replaces {file}.{kept}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(keys: &[KeyCode]) -> (Answer, String) {
        let mut question = Question::new(Subject::Reset, 0);
        let mut answer = Answer::Open;
        for key in keys {
            assert_eq!(answer, Answer::Open, "a key too many: {key:?}");
            answer = question.key(KeyEvent::from(*key));
        }
        (answer, question.typed)
    }

    #[test]
    fn only_yes_and_enter_means_yes() {
        use KeyCode::{Backspace, Char, Enter, Esc, Up};
        let yes = [
            vec![Char('y'), Enter],
            vec![Char('Y'), Enter],
            vec![Char('y'), Char('e'), Char('s'), Enter],
            vec![Char('n'), Backspace, Char('y'), Up, Enter],
        ];
        for keys in yes {
            assert_eq!(answered(&keys).0, Answer::Yes, "{keys:?}");
        }
        let no = [
            vec![Enter],
            vec![Esc],
            vec![Char('y'), Esc],
            vec![Char('n'), Enter],
            vec![Char('x'), Char('y'), Enter],
            vec![Char('y'), Char('y'), Enter],
        ];
        for keys in no {
            assert_eq!(answered(&keys).0, Answer::No, "{keys:?}");
        }
        for key in ['y', 'n', 'q', 'p'] {
            assert_eq!(answered(&[Char(key)]), (Answer::Open, key.to_string()));
        }
        assert_eq!(answered(&[Char('a'); 99]).1.len(), LONGEST);
    }
}
