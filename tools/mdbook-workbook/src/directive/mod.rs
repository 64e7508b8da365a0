//! What the directives look like on a page: one module each.

mod bench;
mod exercise;
mod lints;
mod listing;
mod quiz;
mod timeline;
mod transcript;

use workbook::pages::directives::Content;

/// Where a directive stands.
pub struct Place {
    /// An id that no other directive of the book has.
    pub id: String,
}

/// The Markdown of what a directive stands for.
pub fn markdown(content: &Content, place: &Place) -> String {
    match content {
        Content::Listing(listing) => listing::figure(listing),
        Content::Transcript(transcript) => transcript::figure(transcript),
        Content::Timeline(timelines) => timeline::figure(timelines, place),
        Content::Exercise(task) => exercise::section(task, place),
        Content::Quiz(quiz) => quiz::questions(quiz, place),
        Content::Bench(bench) => bench::figure(bench, place),
        Content::Lints(table) => lints::figure(table),
    }
}
