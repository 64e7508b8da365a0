//! What the screen waits for.

use crossterm::event::KeyEvent;

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
    /// A line of cargo's progress in building the book.
    BookProgress(String),
    /// The book is served at this address, or will not be, for this reason.
    Book(Result<String, String>),
}
