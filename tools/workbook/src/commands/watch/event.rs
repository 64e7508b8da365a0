//! What the screen waits for.

use crossterm::event::KeyEvent;

use super::checking::Checked;
use super::run_outcome::RunOutcome;

/// Something that may change the screen.
pub enum Event {
    /// A key was pressed.
    Key(KeyEvent),
    /// The terminal has another size.
    Resized,
    /// The process was stopped, and goes on.
    Continued,
    /// The terminal is gone.
    Closed,
    /// A file of the exercise was saved.
    Saved,
    /// A line of cargo's progress in the run of that number.
    Progress(u64, String),
    /// A run has ended.
    Ended(Box<RunOutcome>),
    /// In the check of all of that number, something is said of the exercise in that row.
    Checked(u64, usize, Checked),
    /// The check of all of that number has come to its end.
    CheckEnded(u64),
    /// A line of what the book's builder says while it builds.
    BookProgress(String),
    /// The book is served at this address, or will not be, for this reason.
    Book(Result<String, String>),
}
