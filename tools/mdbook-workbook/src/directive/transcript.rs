//! The recorded failing test of a candidate.

use super::Place;
use crate::html::{self, escape, inline, seal};
use std::fmt::Write as _;
use timeline::outcome::ReadOn;
use workbook::pages::directives::transcript::Transcript;
use workbook::pages::page;

/// Lines that are drawn stay as they are; lines of prose that were broken for a terminal are kept
/// together, so that a narrow screen can break them anew.
pub fn figure(transcript: &Transcript, place: &Place) -> String {
    let Transcript { exercise, title, test, said, read_on } = transcript;
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
    if let Some(on) = read_on.as_ref().filter(|on| !is_here(on, place)) {
        _ = write!(
            html,
            "<span class=\"said\">Read on: <a href=\"{}\">{}, \"{}\"</a>\n</span>",
            escape(&place.link(&on.page, &on.section)),
            escape(&on.page),
            escape(&on.section)
        );
    }
    html.push_str("</samp></pre>\n</figure>\n");
    seal(&html)
}

/// Whether the transcript stands in the very section to which it sends its reader.
fn is_here(on: &ReadOn, place: &Place) -> bool {
    on.page == place.page && place.section.as_ref() == Some(&page::plain(&on.section))
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

    fn shown(section: Option<&str>) -> String {
        let transcript = Transcript {
            exercise: "gather",
            title: "Awaiting in a loop",
            test: "sends",
            said: "one after <another>\n\n  user 1 ▐▌\n  user 2   ▐▌\n\nBecause.\n".to_owned(),
            read_on: Some(ReadOn {
                page: "gather".to_owned(),
                section: "`All` or none".to_owned(),
            }),
        };
        let section = section.map(str::to_owned);
        figure(&transcript, &Place { id: "p".to_owned(), page: "gather", section })
    }

    #[test]
    fn drawings_and_prose_are_told_apart() {
        assert_eq!(
            shown(Some("All or none")),
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
    fn where_to_read_on_is_a_link_unless_it_is_here() {
        for elsewhere in [None, Some("What happens")] {
            assert!(shown(elsewhere).contains(
                "<span class=\"said\">Because.\n</span><span class=\"said\">Read on: \
                 <a href=\"#all-or-none\">gather, \"`All` or none\"</a>\n</span></samp>"
            ));
        }
        assert!(!shown(Some("All or none")).contains("Read on"));
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
