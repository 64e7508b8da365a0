//! `{{#item solutions/gather/src/reference.rs fetch_users}}`: items of a checked file, by name.
//!
//! `#[expect(…)]` attributes are shown with the item. They are part of what was checked, and their
//! `reason` says in the author's words what the compiler sees in an anti-pattern.

use super::listing::Listing;
use super::unlike;
use crate::pages::book_context::BookContext;
use crate::pages::directive::Word;
use crate::pages::problem::Trouble;
use crate::pages::rust_item;

const USAGE: &str = "{{#item solutions/gather/src/reference.rs fetch_users}}";

pub(super) fn read(context: &BookContext, words: &[Word]) -> Result<Listing, Trouble> {
    let words: Vec<String> = words.iter().map(|word| word.text.clone()).collect();
    let [file, names @ ..] = &words[..] else { return Err(unlike(USAGE)) };
    listing(context, file, names)
}

/// Items of a Rust file.
pub(super) fn listing(
    context: &BookContext,
    file: &str,
    names: &[String],
) -> Result<Listing, Trouble> {
    if names.is_empty() {
        return Err(Trouble::new(
            format!("no item of {file} is named"),
            format!("write the items to show after the file, as in `{USAGE}`"),
        ));
    }
    let text = context.read(file, "name a Rust file by its path from the root of the workspace")?;
    Listing::new(file, "rust", rust_item::items(file, &text, &rust_item::names(names))?)
}
