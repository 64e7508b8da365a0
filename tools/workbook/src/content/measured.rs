//! `{{#measured when-async memory}}`: recorded numbers of a page that is no exercise's, by the page's
//! name and the figure's.

use super::{bench, plain};
use crate::bench::Bench;
use crate::directive::Word;
use crate::site::Site;
use crate::trouble::Trouble;

pub(super) fn read(site: &Site, words: &[Word]) -> Result<Bench, Trouble> {
    let [page, figure] = plain(words, "{{#measured when-async memory}}")?;
    let remedy = format!(
        "record it with `cargo run --release -p claims --bin {page} -- --record`, or correct the \
         name"
    );
    bench::recorded(site, &site.in_book(&format!("recorded/{page}.{figure}.json")), &remedy)
}
