//! A listing that fits on a page: what the item, script and quiz directives share.

use crate::pages::problem::Trouble;

/// More lines than this are not read on a page; they are two listings, or one with a hole.
pub const LINES: usize = 25;
/// Wider lines scroll sideways even on a wide screen.
const COLUMNS: usize = 80;

/// Code of a file, within the limits of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The file, relative to the root of the workspace.
    pub file: String,
    /// `rust` or `python`.
    pub language: &'static str,
    /// The code.
    pub code: String,
}

impl Listing {
    /// The listing, if it is neither too long nor too wide.
    pub fn new(file: &str, language: &'static str, code: String) -> Result<Self, Trouble> {
        let lines = code.lines().count();
        if lines > LINES {
            return Err(Trouble::new(
                format!("the listing of {file} has {lines} lines; a listing has at most {LINES}"),
                "name fewer or smaller items, or split the item in the file",
            ));
        }
        for line in code.lines() {
            let columns = line.chars().count();
            if columns > COLUMNS {
                return Err(Trouble::new(
                    format!(
                        "a line of the listing of {file} has {columns} columns; \
                         a listing has at most {COLUMNS}: `{}`",
                        line.trim()
                    ),
                    "break the line in the file",
                ));
            }
        }
        Ok(Self { file: file.to_owned(), language, code })
    }
}
