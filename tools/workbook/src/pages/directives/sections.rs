//! The places of a page that can be linked to: the headings that stand on it, and those that its
//! directives bring.

use super::{anti, message, refused};
use crate::pages::book_context::BookContext;
use crate::pages::directive::{Directive, directives};
use crate::pages::markdown::parse;
use crate::pages::page;
use crate::pages::problem::{Mistake, Trouble};

/// A place that can be linked to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its line, or that of its directive, counted from one.
    pub line: usize,
    /// Its title as plain text (see [`page::plain`]).
    pub title: String,
    /// How it comes to be there.
    pub by: By,
}

/// How a section comes to be on its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// A heading of the page.
    Heading,
    /// The heading that `{{#anti}}` brings.
    Anti,
    /// A row of the table that `{{#refused}}` brings.
    Refused,
    /// The heading that `{{#message}}` brings.
    Message,
}

/// The sections of a page, in order. Directives that name nothing are left out.
pub fn of(context: &BookContext, markdown: &str) -> Vec<Section> {
    let headings = page::headings(markdown).into_iter();
    let mut found: Vec<Section> =
        headings.map(|(line, title)| Section { line, title, by: By::Heading }).collect();
    for line in directives(markdown, &parse(markdown).prose) {
        let Ok(directive) = line.directive else { continue };
        let brought = brought(context, &directive).into_iter();
        found.extend(brought.map(|(by, title)| Section { line: line.number, title, by }));
    }
    found.sort_by_key(|section| section.line);
    found
}

fn brought(context: &BookContext, Directive { name, words }: &Directive) -> Vec<(By, String)> {
    let Some(word) = words.first() else { return Vec::new() };
    match name.as_str() {
        "anti" => {
            let wrong = anti::named(context, &word.text).ok();
            wrong.map(|(_, wrong)| (By::Anti, page::plain(&wrong.title))).into_iter().collect()
        }
        "refused" => {
            let exercise = context.exercise(&word.text).ok().into_iter();
            let rows = exercise.flat_map(refused::of);
            rows.map(|wrong| (By::Refused, page::plain(&wrong.title))).collect()
        }
        "message" => {
            let shown = message::read(context, words).ok().into_iter();
            shown.map(|shown| (By::Message, page::plain(&shown.title))).collect()
        }
        _ => Vec::new(),
    }
}

/// Sections that a directive brings though they are there: a link would lead to the first of the
/// two, and so perhaps to the wrong one.
pub(super) fn doubled(context: &BookContext, markdown: &str) -> Vec<Mistake> {
    let sections = of(context, markdown);
    let mut mistakes = Vec::new();
    for (index, section) in sections.iter().enumerate() {
        let first = sections[..index].iter().find(|before| before.title == section.title);
        let Some(first) = first.filter(|first| [first.by, section.by] != [By::Heading; 2]) else {
            continue;
        };
        let trouble = Trouble::new(
            format!("the section \"{}\" is there already: see line {}", section.title, first.line),
            match (first.by, section.by) {
                (By::Heading, By::Anti) | (By::Anti, By::Heading) => {
                    "take the heading out: `{{#anti}}` brings it"
                }
                (By::Heading, By::Message) | (By::Message, By::Heading) => {
                    "take the heading out: `{{#message}}` brings it"
                }
                (By::Anti, By::Anti) | (By::Message, By::Message) => "show it once",
                _ => "take one of the two out: what is taught is not in the table of the refused",
            },
        );
        mistakes.push(Mistake { line: section.line, trouble });
    }
    mistakes
}
