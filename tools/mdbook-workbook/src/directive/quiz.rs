//! The questions of a quiz.
//!
//! Without a script every option has its explanation behind a `<details>` that anybody can open,
//! and print shows them all. The script only opens the one that belongs to the chosen option.

use super::{Place, listing};
use crate::html::{escape, inline, markdown, seal};
use std::fmt::Write as _;
use workbook::pages::directives::quiz::{Question, Quiz};

pub fn questions(quiz: &Quiz, place: &Place) -> String {
    let numbered = (1..).zip(&quiz.questions);
    numbered.map(|(number, question)| ask(question, &format!("{}-{number}", place.id))).collect()
}

fn ask(question: &Question, id: &str) -> String {
    let mut out = String::new();
    out.push_str(&seal(&format!(
        "<div class=\"quiz\" role=\"group\" aria-labelledby=\"{id}\">\n\
         <div class=\"quiz-ask\" id=\"{id}\">{}</div>",
        markdown(&question.ask)
    )));
    out.push('\n');
    if let Some(code) = &question.listing {
        // The listing is Markdown, for the sake of its colours: it stands between empty lines.
        out.push('\n');
        out.push_str(&listing::bare(code));
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
    out
}
