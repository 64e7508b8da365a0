//! `{{#exercise gather}}`: the box with the task, from `exercise.toml`.

use super::{Place, plain};
use crate::html::{self, escape, inline, markdown, seal};
use crate::page::Word;
use crate::problem::Trouble;
use crate::site::Site;
use std::fmt::Write as _;
use workbook::manifest::Test;

pub fn expand(site: &Site, words: &[Word], place: &Place) -> Result<String, Trouble> {
    let [name] = plain(words, "{{#exercise gather}}")?;
    let exercise = site.exercise(name)?;
    let manifest = &exercise.manifest;
    let file = site.shown(&exercise.learners_file());
    site.read(&file, "every exercise has this file: write it")?;
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
        goal = markdown(&manifest.goal),
        file = escape(&file),
    );
    html.push_str("<p class=\"exercise-hints\">Hints, by the test that fails</p>\n");
    for (test, Test { hints }) in &manifest.tests {
        // Writing to a String cannot fail.
        _ = writeln!(
            html,
            "<details class=\"hints\"><summary>{}</summary>{}</details>",
            html::name(test),
            staged(hints, 1)
        );
    }
    html.push_str("</section>\n");
    Ok(seal(&html))
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
