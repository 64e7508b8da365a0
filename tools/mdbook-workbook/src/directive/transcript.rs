//! `{{#transcript gather/in_sequence}}`: the recorded failing test of a candidate.

use super::unlike;
use crate::html::{self, escape, inline, seal};
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

/// Lines that are drawn stay as they are; lines of prose that were broken for a terminal are kept
/// together, so that a narrow screen can break them anew.
fn figure(exercise: &str, title: &str, test: &str, said: &str) -> String {
    let mut html = format!(
        "<figure class=\"transcript\">\n<figcaption><span class=\"transcript-command\">\
         <code>cargo test -p {exercise}</code></span> with <em>{}</em>, test \
         {}</figcaption>\n<pre tabindex=\"0\" aria-label=\"What the failing test \
         says\"><samp>",
        inline(title),
        html::name(test)
    );
    for (kind, text) in parts(said.trim_matches('\n')) {
        // Writing to a String cannot fail.
        _ = write!(html, "<span class=\"{}\">{}\n</span>", kind.class(), escape(&text));
    }
    html.push_str("</samp></pre>\n</figure>\n");
    seal(&html)
}

/// What a part of a transcript is, and so how it may be laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Indented lines: a drawing, a legend, facts. They keep their columns.
    Drawn,
    /// A sentence or paragraph.
    Said,
    /// An empty line.
    Gap,
}

impl Kind {
    fn of(line: &str) -> Self {
        match line.chars().next() {
            None => Self::Gap,
            Some(' ') => Self::Drawn,
            Some(_) => Self::Said,
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Drawn => "drawn",
            Self::Said => "said",
            Self::Gap => "gap",
        }
    }
}

/// The columns after which a test's prose is broken for a terminal.
const COLUMNS: usize = 76;

fn parts(text: &str) -> Vec<(Kind, String)> {
    let mut found: Vec<(Kind, String)> = Vec::new();
    for line in text.lines() {
        let kind = Kind::of(line);
        match found.last_mut() {
            Some((last, before)) if *last == kind && goes_on(kind, before, line) => {
                before.push('\n');
                before.push_str(line);
            }
            _ => found.push((kind, line.to_owned())),
        }
    }
    found
}

/// Whether a line belongs to what stands before it. A line of prose does when its first word had
/// no place at the end of the line above.
fn goes_on(kind: Kind, before: &str, line: &str) -> bool {
    let above = before.lines().last().unwrap_or_default().chars().count();
    let word = line.split(' ').next().unwrap_or_default().chars().count();
    kind != Kind::Said || above + 1 + word > COLUMNS
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
            "one after <another>\n\n  user 1 ▐▌\n  user 2   ▐▌\n\nBecause.\n",
        );
        assert_eq!(
            html,
            "<figure class=\"transcript\">\n<figcaption><span class=\"transcript-command\">\
             <code>cargo test -p gather</code></span> with <em>Awaiting in a loop</em>, test \
             <code>sends</code></figcaption>\n<pre tabindex=\"0\" aria-label=\"What the failing \
             test says\"><samp><span class=\"said\">one after &lt;another&gt;\n</span>\
             <span class=\"gap\">\n</span>\
             <span class=\"drawn\">  user 1 ▐▌\n  user 2   ▐▌\n</span>\
             <span class=\"gap\">\n</span><span class=\"said\">Because.\n</span></samp></pre>\n\
             </figure>"
        );
    }

    #[test]
    fn a_sentence_that_was_broken_for_a_terminal_is_one_part() {
        let text = "headline\nasked: this\n\n\
                    Nothing is in flight, and still something waits. `buffered` with a limit of\n\
                    0 never starts anything.\nRead on: there\n";
        let said: Vec<_> = parts(text).into_iter().map(|(_, text)| text.lines().count()).collect();
        assert_eq!(said, [1, 1, 0, 2, 1]);
    }
}
