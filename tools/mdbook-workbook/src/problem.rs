//! What is wrong with a page, where, and what to do about it.

use std::fmt;

/// Something wrong, seen by a directive that does not know on which page it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What is wrong, as a sentence without a full stop.
    pub what: String,
    /// What the author can do about it.
    pub remedy: String,
}

impl Trouble {
    pub fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what: what.into(), remedy: remedy.into() }
    }

    /// The same trouble with the place where it was found.
    pub fn at(self, file: &str, line: usize) -> Problem {
        Problem { file: file.to_owned(), line, what: self.what, remedy: self.remedy }
    }
}

/// A [`Trouble`] and its place: the book is not built while there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The page, relative to the root of the workspace.
    pub file: String,
    /// The line, counted from one.
    pub line: usize,
    pub what: String,
    pub remedy: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, what, remedy } = self;
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

/// The names as "`a`, `b`, `c`", or "none" when there are none.
pub fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
