//! `{{#quiz gather}}`: the questions of `book/quiz/gather.toml`.
//!
//! Without a script every option has its explanation behind a `<details>` that anybody can open,
//! and print shows them all. The script only opens the one that belongs to the chosen option.

use super::{Place, item, listing, plain};
use crate::html::{escape, inline, markdown, seal};
use crate::page::Word;
use crate::problem::Trouble;
use crate::site::Site;
use serde::Deserialize;
use std::fmt::Write as _;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Quiz {
    question: Vec<Question>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    /// Markdown.
    ask: String,
    /// A file and its items, as the item directive takes them.
    #[serde(default)]
    item: Vec<String>,
    options: Vec<Choice>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    /// Markdown of one line.
    text: String,
    #[serde(default)]
    right: bool,
    /// Markdown: why it is right, or why not.
    why: String,
}

pub fn expand(site: &Site, words: &[Word], place: &Place) -> Result<String, Trouble> {
    let [name] = plain(words, "{{#quiz gather}}")?;
    let file = site.in_book(&format!("quiz/{name}.toml"));
    let text = site.read(&file, "write the questions of the quiz there")?;
    let quiz: Quiz = toml::from_str(&text).map_err(|error| {
        let line = error.span().map_or(1, |at| text[..at.start].matches('\n').count() + 1);
        Trouble::new(
            format!("{file}:{line}: {}", error.message()),
            "a quiz is [[question]] with `ask` and `options`, each option with `text` and `why`",
        )
    })?;
    check(&file, &quiz)?;
    let mut markdown = String::new();
    for (number, question) in quiz.question.iter().enumerate() {
        let id = format!("{}-{}", place.id, number + 1);
        markdown.push_str(&ask(site, question, &id)?);
    }
    Ok(markdown)
}

fn check(file: &str, quiz: &Quiz) -> Result<(), Trouble> {
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

fn ask(site: &Site, question: &Question, id: &str) -> Result<String, Trouble> {
    let mut out = String::new();
    out.push_str(&seal(&format!(
        "<div class=\"quiz\" role=\"group\" aria-labelledby=\"{id}\">\n\
         <div class=\"quiz-ask\" id=\"{id}\">{}</div>",
        markdown(&question.ask)
    )));
    out.push('\n');
    if let [file, names @ ..] = &question.item[..] {
        // The listing is Markdown, for the sake of its colours: it stands between empty lines.
        out.push('\n');
        out.push_str(&listing::bare(file, "rust", &item::code(site, file, names)?)?);
        out.push('\n');
    }
    let mut options = String::from("<div class=\"quiz-options\">\n");
    for (number, option) in (1..).zip(&question.options) {
        // The verdict has a sign and a word: colour alone says nothing to some.
        let (class, verdict) =
            if option.right { ("right", "✓ Right.") } else { ("wrong", "✗ Not so.") };
        // Writing to a String cannot fail.
        _ = writeln!(
            options,
            "<div class=\"quiz-option\" data-is=\"{class}\"><label><input type=\"radio\" \
             name=\"{name}\" value=\"{number}\"><span>{text}</span></label><details>\
             <summary>Right or not, and why</summary><div class=\"quiz-why\"><p><strong \
             class=\"quiz-{class}\">{verdict}</strong></p>{why}</div></details></div>",
            name = escape(id),
            text = inline(&option.text),
            why = markdown(&option.why),
        );
    }
    options.push_str("</div>\n</div>\n");
    out.push_str(&seal(&options));
    out.push_str("\n\n");
    Ok(out)
}
