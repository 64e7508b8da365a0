//! What is wrong with a page, and what its author can do about it.

/// Something wrong, seen by code that does not know on which page it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What is wrong, as a sentence without a full stop.
    pub what: String,
    /// What the author can do about it.
    pub remedy: String,
}

impl Trouble {
    /// Says what is wrong and what to do.
    pub fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what: what.into(), remedy: remedy.into() }
    }
}

/// A [`Trouble`] and the line of the page where it was found, counted from one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The line.
    pub line: usize,
    /// What is wrong there.
    pub trouble: Trouble,
}

/// The names as "`a`, `b`, `c`", or "none" when there are none.
pub fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// The line, counted from one, on which a byte of the text stands.
pub fn line_of(text: &str, at: usize) -> usize {
    text[..at].bytes().filter(|byte| *byte == b'\n').count() + 1
}
