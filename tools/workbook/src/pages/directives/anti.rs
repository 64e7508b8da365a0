//! `{{#anti gather/in_sequence}}`: an anti-pattern that the page teaches, with its heading, its
//! symptom, its code and how it fails.

use super::listing::{LINES, Listing};
use super::transcript::{self, Transcript};
use super::{item, unlike};
use crate::catalogue::Exercise;
use crate::catalogue::manifest::{Rank, WrongAnswer, nearest};
use crate::pages::book_context::BookContext;
use crate::pages::directive::Word;
use crate::pages::problem::{Trouble, listed};
use crate::pages::rust_item;

const USAGE: &str =
    "{{#anti gather/in_sequence}}` or `{{#anti gather/in_sequence ITEM … test=TEST}}";

/// An anti-pattern, as its section shows it.
#[derive(Clone, Debug)]
pub struct Anti<'a> {
    /// What the manifest says of it.
    pub wrong: &'a WrongAnswer,
    /// Its code.
    pub listing: Listing,
    /// The line of the listing that makes it wrong, counted from one.
    pub guilty: Option<usize>,
    /// How it fails.
    pub transcript: Transcript<'a>,
}

pub(super) fn read<'a>(context: &'a BookContext, words: &[Word]) -> Result<Anti<'a>, Trouble> {
    let [path, rest @ ..] = words else { return Err(unlike(USAGE)) };
    let (exercise, wrong) = named(context, &path.text)?;
    let Shown { items, test } = Shown::read(rest)?;
    let file = exercise.solution().join("src").join("anti").join(format!("{}.rs", wrong.name));
    let listing = listing(context, &context.shown(&file), &items, &path.text)?;
    let guilty = guilty_line(wrong, &listing)?;
    let transcript = transcript::of(context, exercise, &wrong.name, test)?;
    Ok(Anti { wrong, listing, guilty, transcript })
}

/// The taught anti-pattern that is called `gather/in_sequence`.
pub(super) fn named<'a>(
    context: &'a BookContext,
    path: &str,
) -> Result<(&'a Exercise, &'a WrongAnswer), Trouble> {
    let Some((exercise, name)) = path.split_once('/') else { return Err(unlike(USAGE)) };
    let exercise = context.exercise(exercise)?;
    let taught = || exercise.manifest.taught().map(|wrong| wrong.name.as_str());
    let wrong = exercise.manifest.wrong_answer(name).ok_or_else(|| {
        Trouble::new(
            format!("{} has no anti-pattern `{name}`", exercise.name),
            format!("name one of {}.{}", listed(taught()), nearest(name, taught())),
        )
    })?;
    if wrong.rank == Rank::Refused {
        return Err(Trouble::new(
            format!("`{name}` is refused and not taught"),
            format!(
                "rename its table [{}] to [anti.{name}], or leave it to the table of \
                 `{{{{#refused {}}}}}`",
                wrong.table(),
                exercise.name
            ),
        ));
    }
    Ok((exercise, wrong))
}

/// What of the answer and of its failures is to be shown.
struct Shown<'a> {
    /// Its items, or all of it.
    items: Vec<String>,
    /// The test, or the first.
    test: Option<&'a str>,
}

impl<'a> Shown<'a> {
    fn read(words: &'a [Word]) -> Result<Self, Trouble> {
        let (mut items, mut test) = (Vec::new(), None);
        for Word { text, quoted } in words {
            match text.split_once('=') {
                Some(("test", name)) if test.is_none() && !quoted => test = Some(name),
                None if !quoted => items.push(text.clone()),
                _ => return Err(unlike(USAGE)),
            }
        }
        Ok(Self { items, test })
    }
}

fn listing(
    context: &BookContext,
    file: &str,
    items: &[String],
    path: &str,
) -> Result<Listing, Trouble> {
    if !items.is_empty() {
        return item::listing(context, file, items);
    }
    let text = context.read(file, "write the answer there")?;
    let code = rust_item::body(file, &text)?;
    let lines = code.lines().count();
    if lines > LINES {
        let names = rust_item::known_names(file, &text)?;
        return Err(Trouble::new(
            format!("the listing of {file} has {lines} lines; a listing has at most {LINES}"),
            format!(
                "name the items to show, as in `{{{{#anti {path} ITEM}}}}`: {}",
                listed(names.iter().map(String::as_str))
            ),
        ));
    }
    Listing::new(file, "rust", code)
}

fn guilty_line(wrong: &WrongAnswer, listing: &Listing) -> Result<Option<usize>, Trouble> {
    let Some(guilty) = wrong.guilty.as_deref().map(str::trim) else { return Ok(None) };
    let mut lines = (1..).zip(listing.code.lines()).filter(|(_, line)| line.trim() == guilty);
    match (lines.next(), lines.next()) {
        (Some((number, _)), None) => Ok(Some(number)),
        (None, _) => Err(Trouble::new(
            format!("`{guilty}`, the guilty line, is not in the listing of {}", listing.file),
            format!("name the item that holds it, or correct `{}.guilty`", wrong.table()),
        )),
        (Some(_), Some(_)) => Err(Trouble::new(
            format!("`{guilty}`, the guilty line, is there twice in {}", listing.file),
            format!("choose a line for `{}.guilty` that is there once", wrong.table()),
        )),
    }
}
