//! The directives: one module each.

mod bench;
mod exercise;
mod item;
mod listing;
mod quiz;
mod script;
mod timeline;
mod transcript;

use crate::page::Word;
use crate::problem::{Trouble, listed};
use crate::site::Site;
use workbook::manifest::nearest;
use workbook::page::DIRECTIVES;

/// Where a directive stands.
pub struct Place {
    /// An id that no other directive of the book has.
    pub id: String,
}

/// The Markdown that a directive gives.
pub fn expand(site: &Site, name: &str, words: &[Word], place: &Place) -> Result<String, Trouble> {
    match name {
        "item" => item::expand(site, words),
        "transcript" => transcript::expand(site, words),
        "timeline" => timeline::expand(site, words, place),
        "exercise" => exercise::expand(site, words, place),
        "quiz" => quiz::expand(site, words, place),
        "bench" => bench::expand(site, words, place),
        "script" => script::expand(site, words),
        _ => Err(Trouble::new(
            format!("there is no directive `{name}`"),
            format!("use one of {}.{}", listed(DIRECTIVES), nearest(name, DIRECTIVES.into_iter())),
        )),
    }
}

/// The words of a directive that takes exactly this many plain ones; `usage` shows how it is
/// written.
fn plain<'a, const N: usize>(words: &'a [Word], usage: &str) -> Result<[&'a str; N], Trouble> {
    let texts: Vec<&str> =
        words.iter().filter(|word| !word.quoted).map(|word| word.text.as_str()).collect();
    match <[&str; N]>::try_from(texts) {
        Ok(texts) if words.len() == N => Ok(texts),
        _ => Err(unlike(usage)),
    }
}

/// A directive that is not written as it should be.
fn unlike(usage: &str) -> Trouble {
    Trouble::new("the directive is not written as it should be", format!("write `{usage}`"))
}
