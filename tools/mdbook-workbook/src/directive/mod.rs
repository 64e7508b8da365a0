//! What the directives look like on a page: one module each.

mod anti;
mod bench;
mod exercise;
mod lints;
mod listing;
mod message;
mod quiz;
mod refused;
mod symptoms;
mod timeline;
mod transcript;

use crate::html::anchor;
use workbook::pages::directives::Content;

/// Where a directive stands.
pub struct Place<'a> {
    /// An id that no other directive of the book has.
    pub id: String,
    /// The page: its path in the book, without its ending.
    pub page: &'a str,
    /// The title of the section, as plain text.
    pub section: Option<String>,
}

impl Place<'_> {
    /// The link to a section of a page, by its title as Markdown.
    pub fn link(&self, page: &str, title: &str) -> String {
        let up = "../".repeat(self.page.matches('/').count());
        let file = if page == self.page { String::new() } else { format!("{up}{page}.md") };
        format!("{file}#{}", anchor(title))
    }
}

/// The Markdown of what a directive stands for.
pub fn markdown(content: &Content, place: &Place) -> String {
    match content {
        Content::Listing(listing) => listing::figure(listing, None),
        Content::Transcript(transcript) => transcript::figure(transcript, place),
        Content::Anti(anti) => anti::section(anti, place),
        Content::Refused(refused) => refused::table(refused),
        Content::Symptoms(symptoms) => symptoms::list(symptoms, place),
        Content::AllSymptoms(all) => symptoms::of_the_book(all, place),
        Content::Timeline(timelines) => timeline::figure(timelines, place),
        Content::Exercise(task) => exercise::section(task, place),
        Content::Quiz(quiz) => quiz::questions(quiz, place),
        Content::Bench(bench) => bench::figure(bench, place),
        Content::Lints(table) => lints::figure(table),
        Content::Message(message) => message::section(message),
    }
}
