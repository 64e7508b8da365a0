//! What is wrong with a book, where, and what to do about it.

use std::fmt;
use workbook::pages::problem::{Mistake, Trouble};

/// A mistake and the page that it is on: the book is not built while there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The page, relative to the root of the workspace.
    pub file: String,
    pub mistake: Mistake,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, mistake: Mistake { line, trouble: Trouble { what, remedy } } } = self;
        write!(f, "{file}:{line}: {what}\n    → {remedy}")
    }
}

/// Everything that is wrong with a book, in the order of its pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.0 {
            writeln!(f, "{problem}")?;
        }
        let (count, s) = (self.0.len(), if self.0.len() == 1 { "" } else { "s" });
        write!(f, "the book was not built: {count} problem{s}")
    }
}

impl std::error::Error for Problems {}
