//! `{{#measured when-async memory}}`: recorded numbers of a page that is no exercise's, by the page's
//! name and the figure's.

use super::{bench, plain};
use crate::catalogue::bench::Bench;
use crate::pages::book_context::BookContext;
use crate::pages::directive::Word;
use crate::pages::problem::Trouble;

pub(super) fn read(context: &BookContext, words: &[Word]) -> Result<Bench, Trouble> {
    let [page, figure] = plain(words, "{{#measured when-async memory}}")?;
    let remedy = format!(
        "record it with `cargo run --release -p claims --bin {page} -- --record`, or correct the \
         name"
    );
    bench::recorded(context, &context.in_book(&format!("recorded/{page}.{figure}.json")), &remedy)
}
