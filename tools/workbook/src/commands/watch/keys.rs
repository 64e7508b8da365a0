//! The keys: what each asks for, and how the screen names them.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// The next exercise.
    Next,
    /// The one before.
    Previous,
    /// The list of exercises.
    List,
    /// One more hint.
    Hint,
    /// All failures in full.
    Failures,
    /// The timelines.
    Timeline,
    /// A run of every exercise that has been started.
    CheckAll,
    /// Another run.
    Run,
    /// The learner's editor.
    Edit,
    /// The page.
    Page,
    /// The reference solution.
    Solution,
    /// The learner's code beside the reference.
    Diff,
    /// The starting point.
    Reset,
    /// What was there before.
    Undo,
    /// All keys.
    Keys,
    /// The end.
    Quit,
}

/// A key that stands for what it asks for.
pub struct Key {
    /// What is on it.
    pub name: char,
    /// What it asks for.
    pub ask: Ask,
    /// In a word or two.
    pub short: &'static str,
    /// In a sentence.
    pub long: &'static str,
}

const fn key(name: char, ask: Ask, short: &'static str, long: &'static str) -> Key {
    Key { name, ask, short, long }
}

/// The keys, in the order in which the screen shows them.
pub const KEYS: [Key; 16] = [
    key('n', Ask::Next, "next", "the next exercise, solved or not"),
    key('p', Ask::Previous, "previous", "the exercise before"),
    key('l', Ask::List, "list", "all exercises, the done or the pending ones; / searches there"),
    key('h', Ask::Hint, "hint", "a hint for the first failing test; again for the next"),
    key('a', Ask::Failures, "failures", "every failing test, or every message of the compiler"),
    key('t', Ask::Timeline, "timeline", "what happened in each test, beside what is recorded"),
    key('r', Ask::Run, "run", "run the tests again; each save does it by itself"),
    key('c', Ask::CheckAll, "check all", "run every exercise that you have started; Esc stops it"),
    key('e', Ask::Edit, "edit", "your file, in $EDITOR or the editor around this terminal"),
    key('b', Ask::Page, "page", "the exercise's page of the book"),
    key('s', Ask::Solution, "solution", "the reference; before you have solved it, you are asked"),
    key('d', Ask::Diff, "diff", "what your code and the reference do not share, line by line"),
    key('x', Ask::Reset, "reset", "the starting point again, after a question; your file is kept"),
    key('u', Ask::Undo, "undo", "takes back the last reset, solution or undo, after a question"),
    key('?', Ask::Keys, "keys", "this list"),
    key('q', Ask::Quit, "quit", "ends; your progress is kept"),
];

/// What a key asks for on the exercise's own screen.
pub fn asked(event: KeyEvent) -> Option<Ask> {
    if event.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) {
        return None;
    }
    let KeyCode::Char(pressed) = event.code else { return None };
    // With caps lock on, the same keys are meant.
    let pressed = pressed.to_ascii_lowercase();
    KEYS.iter().find(|key| key.name == pressed).map(|key| key.ask)
}
