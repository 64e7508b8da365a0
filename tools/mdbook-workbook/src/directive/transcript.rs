//! `{{#transcript gather/in_sequence}}`: the recorded failing test of a candidate.

use super::unlike;
use crate::html::{escape, seal};
use crate::page::Word;
use crate::problem::{Trouble, listed};
use crate::site::Site;
use std::fmt::Write as _;
use workbook::catalogue::Exercise;
use workbook::manifest::{START, nearest};

const USAGE: &str =
    "{{#transcript gather/in_sequence}}` or `{{#transcript gather/in_sequence TEST}}";

pub fn expand(site: &Site, words: &[Word]) -> Result<String, Trouble> {
    let (path, test) = match words {
        [path] => (path, None),
        [path, test] => (path, Some(test.text.as_str())),
        _ => return Err(unlike(USAGE)),
    };
    let Some((exercise, candidate)) = path.text.split_once('/') else { return Err(unlike(USAGE)) };
    let exercise = site.exercise(exercise)?;
    let (title, tests) = failing(exercise, candidate)?;
    let test = match test {
        None => tests.first().copied().unwrap_or_default(),
        Some(test) if tests.contains(&test) => test,
        Some(test) => {
            return Err(Trouble::new(
                format!("`{candidate}` is not listed as failing `{test}`"),
                format!(
                    "name one of {}.{}",
                    listed(tests.iter().copied()),
                    nearest(test, tests.iter().copied())
                ),
            ));
        }
    };
    let file = site.shown(&exercise.recorded().join(format!("{candidate}.{test}.txt")));
    let bless = format!("record it with `cargo workbook verify {} --bless`", exercise.name);
    let said = site.read(&file, &bless)?;
    Ok(figure(&exercise.name, &title, test, &said))
}

/// The title of a candidate that fails, and the tests it is listed for.
fn failing<'a>(exercise: &'a Exercise, candidate: &str) -> Result<(String, Vec<&'a str>), Trouble> {
    let manifest = &exercise.manifest;
    if candidate == START {
        let first = manifest.tests.keys().next();
        return Ok((
            "The starting point".to_owned(),
            first.into_iter().map(String::as_str).collect(),
        ));
    }
    match manifest.anti.get(candidate) {
        Some(anti) => Ok((anti.title.clone(), anti.fails.keys().map(String::as_str).collect())),
        None => Err(Trouble::new(
            format!("{} has no anti-pattern `{candidate}`", exercise.name),
            format!(
                "name one of {}, or `{START}`.{}",
                listed(manifest.anti.keys().map(String::as_str)),
                nearest(candidate, manifest.anti.keys().map(String::as_str))
            ),
        )),
    }
}

/// Lines that are drawn stay as they are and scroll together; lines of prose wrap.
fn figure(exercise: &str, title: &str, test: &str, said: &str) -> String {
    let mut html = format!(
        "<figure class=\"transcript\">\n<figcaption><span class=\"transcript-command\">\
         <code>cargo test -p {exercise}</code></span> with <em>{}</em>, test \
         <code>{}</code></figcaption>\n<pre tabindex=\"0\" aria-label=\"What the failing test \
         says\"><samp>",
        crate::html::inline(title),
        escape(test)
    );
    for paragraph in paragraphs(said.trim_matches('\n')) {
        let class = if paragraph.starts_with(' ') { "drawn" } else { "said" };
        // Writing to a String cannot fail.
        _ = write!(html, "<span class=\"{class}\">{}\n</span>", escape(&paragraph));
    }
    html.push_str("</samp></pre>\n</figure>\n");
    seal(&html)
}

/// Neighbouring lines of one kind, drawn (indented) or said; an empty line goes with the kind
/// before it.
fn paragraphs(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in text.lines() {
        match found.last_mut() {
            Some(last) if line.is_empty() || line.starts_with(' ') == last.starts_with(' ') => {
                last.push('\n');
                last.push_str(line);
            }
            _ => found.push(line.to_owned()),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawings_and_prose_are_told_apart() {
        let html = figure(
            "gather",
            "Awaiting in a loop",
            "sends",
            "one after <another>\n\n  user 1 ▐▌\n\n  user 2   ▐▌\n\nBecause.\n",
        );
        assert_eq!(
            html,
            "<figure class=\"transcript\">\n<figcaption><span class=\"transcript-command\">\
             <code>cargo test -p gather</code></span> with <em>Awaiting in a loop</em>, test \
             <code>sends</code></figcaption>\n<pre tabindex=\"0\" aria-label=\"What the failing \
             test says\"><samp><span class=\"said\">one after &lt;another&gt;&#10;&#10;</span>\
             <span class=\"drawn\">  user 1 ▐▌&#10;&#10;  user 2   ▐▌&#10;&#10;</span>\
             <span class=\"said\">Because.\n</span></samp></pre>\n</figure>"
        );
    }
}
