//! `{{#item solutions/gather/src/lib.rs fetch_users}}`: items of a checked file, by name.
//!
//! `#[expect(…)]` attributes are shown with the item. They are part of what was checked, and their
//! `reason` says in the author's words what the compiler sees in an anti-pattern.

use super::{listing, unlike};
use crate::page::Word;
use crate::problem::Trouble;
use crate::site::Site;
use crate::source;

const USAGE: &str = "{{#item solutions/gather/src/lib.rs fetch_users}}";

pub fn expand(site: &Site, words: &[Word]) -> Result<String, Trouble> {
    let words: Vec<String> = words.iter().map(|word| word.text.clone()).collect();
    let [file, names @ ..] = &words[..] else { return Err(unlike(USAGE)) };
    listing::figure(file, "rust", &code(site, file, names)?)
}

/// The text of items of a Rust file.
pub fn code(site: &Site, file: &str, names: &[String]) -> Result<String, Trouble> {
    if names.is_empty() {
        return Err(Trouble::new(
            format!("no item of {file} is named"),
            format!("write the items to show after the file, as in `{USAGE}`"),
        ));
    }
    let text = site.read(file, "name a Rust file by its path from the root of the workspace")?;
    source::items(file, &text, &source::names(names))
}
