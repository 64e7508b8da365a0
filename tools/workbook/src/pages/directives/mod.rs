//! What the directives of a page stand for, read and checked: one module each.
//!
//! `verify` asks whether a page can be built, and the book's builder builds it. Both ask here, so
//! that the one accepts what the other can build. How it looks is the builder's business.

pub mod all_symptoms;
pub mod anti;
pub mod bench;
pub mod exercise;
pub mod item;
pub mod lints;
pub mod listing;
pub mod measured;
pub mod message;
pub mod quiz;
pub mod refused;
pub mod script;
pub mod sections;
pub mod symptoms;
pub mod timeline;
pub mod transcript;

use std::ops::Range;

use crate::catalogue::bench::Bench;
use crate::catalogue::manifest::nearest;
use crate::pages::book_context::BookContext;
use crate::pages::directive::{Directive, Line, Word, directives};
use crate::pages::markdown::parse;
use crate::pages::problem::{Mistake, Trouble, listed};
use all_symptoms::AllSymptoms;
use anti::Anti;
use exercise::Task;
use lints::Table;
use listing::Listing;
use message::Message;
use quiz::Quiz;
use refused::Refused;
use symptoms::Symptoms;
use timeline::Timelines;
use transcript::Transcript;

/// The directives that there are.
const DIRECTIVES: [&str; 14] = [
    "item",
    "transcript",
    "anti",
    "refused",
    "symptoms",
    "all-symptoms",
    "timeline",
    "exercise",
    "quiz",
    "bench",
    "measured",
    "lints",
    "script",
    "message",
];

/// What a directive stands for.
#[derive(Clone, Debug)]
pub enum Content<'a> {
    /// Items of a Rust file, or definitions of a Python script.
    Listing(Listing),
    /// What a failing test says.
    Transcript(Transcript<'a>),
    /// An anti-pattern that is taught.
    Anti(Box<Anti<'a>>),
    /// The table of the wrong answers that are not.
    Refused(Refused<'a>),
    /// From symptoms to anti-patterns.
    Symptoms(Symptoms<'a>),
    /// From the symptoms of the whole book to anti-patterns.
    AllSymptoms(AllSymptoms<'a>),
    /// Recorded traces.
    Timeline(Timelines<'a>),
    /// The box of an exercise.
    Exercise(Task<'a>),
    /// Questions.
    Quiz(Quiz),
    /// Recorded numbers.
    Bench(Bench),
    /// Mistakes, and who reports them.
    Lints(Table<'a>),
    /// An error message, and a program that is told so.
    Message(Message),
}

/// A directive of a page and what it stands for.
#[derive(Clone, Debug)]
pub struct Expanded<'a> {
    /// Its line, counted from one.
    pub line: usize,
    /// The bytes of the page to put it in the place of.
    pub place: Range<usize>,
    /// The directive's name.
    pub name: String,
    /// What it stands for.
    pub content: Content<'a>,
}

/// The directives of a page and what they stand for, or all that is wrong with the page, by line.
pub fn page<'a>(context: &'a BookContext, text: &str) -> Result<Vec<Expanded<'a>>, Vec<Mistake>> {
    let parts = parse(text);
    let mut expanded = Vec::new();
    let mut mistakes = parts.mistakes;
    mistakes.extend(sections::doubled(context, text));
    for Line { number: line, place, directive } in directives(text, &parts.prose) {
        let read = directive.and_then(|directive| {
            let stands_for = content(context, &directive)?;
            Ok(Expanded { line, place, name: directive.name, content: stands_for })
        });
        match read {
            Ok(one) => expanded.push(one),
            Err(trouble) => mistakes.push(Mistake { line, trouble }),
        }
    }
    mistakes.sort_by_key(|mistake| mistake.line);
    if mistakes.is_empty() { Ok(expanded) } else { Err(mistakes) }
}

fn content<'a>(context: &'a BookContext, directive: &Directive) -> Result<Content<'a>, Trouble> {
    let Directive { name, words } = directive;
    match name.as_str() {
        "item" => item::read(context, words).map(Content::Listing),
        "transcript" => transcript::read(context, words).map(Content::Transcript),
        "anti" => anti::read(context, words).map(Box::new).map(Content::Anti),
        "refused" => refused::read(context, words).map(Content::Refused),
        "symptoms" => symptoms::read(context, words).map(Content::Symptoms),
        "all-symptoms" => all_symptoms::read(context, words).map(Content::AllSymptoms),
        "timeline" => timeline::read(context, words).map(Content::Timeline),
        "exercise" => exercise::read(context, words).map(Content::Exercise),
        "quiz" => quiz::read(context, words).map(Content::Quiz),
        "bench" => bench::read(context, words).map(Content::Bench),
        "measured" => measured::read(context, words).map(Content::Bench),
        "lints" => lints::read(context, words).map(Content::Lints),
        "script" => script::read(context, words).map(Content::Listing),
        "message" => message::read(context, words).map(Content::Message),
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
