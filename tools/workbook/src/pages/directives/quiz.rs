//! `{{#quiz gather}}`: the questions of `book/quiz/gather.toml`.

use serde::Deserialize;

use super::listing::Listing;
use super::{item, plain};
use crate::pages::book_context::BookContext;
use crate::pages::directive::Word;
use crate::pages::problem::{Trouble, line_of};

/// A quiz.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quiz {
    /// Its questions, at least one.
    pub questions: Vec<Question>,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Markdown.
    pub ask: String,
    /// The code that it is about.
    pub listing: Option<Listing>,
    /// What may be chosen: one is right.
    pub options: Vec<Choice>,
}

/// An option.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Markdown of one line.
    pub text: String,
    /// Whether it is the right one.
    #[serde(default)]
    pub right: bool,
    /// Markdown: why it is right, or why not.
    pub why: String,
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    question: Vec<Asked>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    ask: String,
    /// A file and its items, as the item directive takes them.
    #[serde(default)]
    item: Vec<String>,
    options: Vec<Choice>,
}

pub(super) fn read(context: &BookContext, words: &[Word]) -> Result<Quiz, Trouble> {
    let [name] = plain(words, "{{#quiz gather}}")?;
    let file = context.in_book(&format!("quiz/{name}.toml"));
    let text = context.read(&file, "write the questions of the quiz there")?;
    let written: Written = toml::from_str(&text).map_err(|error| {
        let line = error.span().map_or(1, |at| line_of(&text, at.start));
        Trouble::new(
            format!("{file}:{line}: {}", error.message()),
            "a quiz is [[question]] with `ask` and `options`, each option with `text` and `why`",
        )
    })?;
    check(&file, &written)?;
    let questions: Result<Vec<Question>, Trouble> =
        written.question.into_iter().map(|asked| question(context, asked)).collect();
    Ok(Quiz { questions: questions? })
}

fn question(
    context: &BookContext,
    Asked { ask, item, options }: Asked,
) -> Result<Question, Trouble> {
    let listing = match &item[..] {
        [] => None,
        [file, names @ ..] => Some(item::listing(context, file, names)?),
    };
    Ok(Question { ask, listing, options })
}

fn check(file: &str, quiz: &Written) -> Result<(), Trouble> {
    let trouble = |number: usize, what: &str, remedy: &str| {
        Err(Trouble::new(format!("{file}: question {number} {what}"), remedy))
    };
    if quiz.question.is_empty() {
        return Err(Trouble::new(format!("{file} has no question"), "write a [[question]]"));
    }
    for (number, question) in (1..).zip(&quiz.question) {
        if question.ask.trim().is_empty() {
            return trouble(number, "asks nothing", "fill in `ask`");
        }
        if question.options.len() < 2 {
            return trouble(number, "has fewer than two options", "give three or four `options`");
        }
        if question.options.iter().filter(|option| option.right).count() != 1 {
            return trouble(
                number,
                "does not have exactly one right option",
                "mark one option with `right = true`",
            );
        }
        let empty = |text: &String| text.trim().is_empty();
        if question.options.iter().any(|option| empty(&option.text) || empty(&option.why)) {
            return trouble(
                number,
                "has an option without its text or its explanation",
                "fill in `text` and `why`: the wrong options are explained too",
            );
        }
        if question.item.len() == 1 {
            return trouble(
                number,
                "names a file but no item of it",
                "write `item = [\"FILE\", \"NAME\"]`",
            );
        }
    }
    Ok(())
}
