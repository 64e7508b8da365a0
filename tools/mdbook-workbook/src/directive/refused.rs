//! The wrong answers that the page does not teach, as a folded table.

use crate::html::{anchor, escape, inline, seal};
use std::fmt::Write as _;
use workbook::pages::directives::refused::{Answer, Refused};

/// Each title can be linked to as if it were a heading; a script unfolds the table for such a link.
pub fn table(Refused { exercise, answers }: &Refused) -> String {
    let (count, s) = (answers.len(), if answers.len() == 1 { "" } else { "s" });
    let mut html = format!(
        "<details class=\"refused\">\n<summary>Also refused: {count} more wrong answer{s}</summary>\n\
         <div class=\"table-scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table: also refused by \
         the tests of {exercise}\">\n<table>\n<thead><tr><th scope=\"col\">The wrong answer</th>\
         <th scope=\"col\">Its symptom</th><th scope=\"col\">Its code</th></tr></thead>\n<tbody>\n"
    );
    for Answer { wrong, url } in answers {
        // Writing to a String cannot fail.
        _ = writeln!(
            html,
            "<tr><th scope=\"row\" id=\"{}\">{}</th><td>{}</td>\
             <td><a href=\"{}\"><code>{}.rs</code></a></td></tr>",
            anchor(&wrong.title),
            inline(&wrong.title),
            inline(&wrong.symptom),
            escape(url),
            escape(&wrong.name)
        );
    }
    html.push_str("</tbody>\n</table>\n</div>\n</details>\n");
    seal(&html)
}
