//! The box with the task of an exercise.

use super::Place;
use crate::html::{self, escape, inline, markdown, seal};
use std::fmt::Write as _;
use workbook::catalogue::manifest::Test;
use workbook::pages::directives::exercise::Task;

pub fn section(Task { exercise, file, checklist }: &Task, place: &Place) -> String {
    let manifest = &exercise.manifest;
    let mut html = format!(
        "<section class=\"exercise\" aria-labelledby=\"{id}\">\n\
         <p class=\"exercise-kind\">Exercise · about {minutes} minutes</p>\n\
         <p class=\"exercise-title\" id=\"{id}\">{title}</p>\n\
         <div class=\"exercise-goal\">{goal}</div>\n\
         <dl>\n\
         <dt>Open</dt><dd><code>{file}</code></dd>\n\
         <dt>Run</dt><dd><code>cargo test -p {name}</code></dd>\n\
         </dl>\n",
        id = place.id,
        minutes = manifest.minutes,
        title = inline(&manifest.title),
        goal = markdown(if checklist.is_empty() { &manifest.goal } else { checklist }),
        name = exercise.name,
        file = escape(file),
    );
    html.push_str(
        "<details class=\"exercise-hints\"><summary>Hints, by the test that fails</summary>\n",
    );
    for (test, Test { hints }) in &manifest.tests {
        // Writing to a String cannot fail.
        _ = writeln!(
            html,
            "<details class=\"hints\"><summary>{}</summary>{}</details>",
            html::name(test),
            staged(hints, 1)
        );
    }
    html.push_str("</details>\n</section>\n");
    seal(&html)
}

/// Each hint holds the next one, so that reading one does not show the rest.
fn staged(hints: &[String], number: usize) -> String {
    match hints {
        [] => String::new(),
        [hint, rest @ ..] => format!(
            "<details class=\"hint\"><summary>Hint {number}</summary>{}{}</details>",
            markdown(hint),
            staged(rest, number + 1)
        ),
    }
}
