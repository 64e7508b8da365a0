//! The recorded failing test of a candidate.

use super::Place;
use crate::html::{self, escape, inline, seal};
use std::fmt::Write as _;
use timeline::outcome::ReadOn;
use workbook::pages::directives::transcript::Transcript;
use workbook::pages::page;

/// Lines that are drawn stay as they are; what was broken for a terminal is put together, so that
/// each screen can break it anew.
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
    /// Indented lines with a drawing or its legend among them: they keep their columns.
    Drawn,
    /// An indented line of words: a fact, which may be broken on a narrow screen.
    Fact,
    /// A sentence or paragraph.
    Said,
    /// An empty line.
    Gap,
}

impl Kind {
    fn class(self) -> &'static str {
        match self {
            Self::Drawn => "drawn",
            Self::Fact => "fact",
            Self::Said => "said",
            Self::Gap => "gap",
        }
    }
}

/// What only drawings are made of.
const SHAPES: [char; 9] = ['▐', '▌', '█', '╳', '▶', '┄', '▓', '●', '┬'];

/// The columns after which a test's prose is broken for a terminal.
const COLUMNS: usize = 76;

fn parts(text: &str) -> Vec<(Kind, String)> {
    let mut found: Vec<(Kind, String)> = Vec::new();
    let lines: Vec<&str> = text.lines().collect();
    for block in lines.chunk_by(|a, b| indent(a) == 0 && indent(b) == 0 || is_inside(a, b)) {
        if indent(block[0]) > 0 && block.iter().any(|line| line.contains(SHAPES)) {
            found.push((Kind::Drawn, block.join("\n")));
            continue;
        }
        let mut above = "";
        for line in block {
            let kind = match (line.is_empty(), indent(line)) {
                (true, _) => Kind::Gap,
                (false, 0) => Kind::Said,
                (false, _) => Kind::Fact,
            };
            match found.last_mut() {
                Some((last, before)) if *last == kind && goes_on(above, line) => {
                    before.push(' ');
                    before.push_str(line.trim_start());
                }
                _ => found.push((kind, (*line).to_owned())),
            }
            above = line;
        }
    }
    found
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Whether both lines are of one indented block.
fn is_inside(above: &str, below: &str) -> bool {
    indent(above) > 0 && indent(below) > 0
}

/// Whether a line belongs to what stands above it: it does when its first word had no place at the
/// end of that line. The second line of a fact stands further in than the first.
fn goes_on(above: &str, line: &str) -> bool {
    let width = |text: &str| text.trim_start().chars().count();
    let word = line.trim_start().split(' ').next().unwrap_or_default().chars().count();
    let deeper = indent(line) == 0 || indent(line) > 2;
    !above.is_empty() && deeper && width(above) + 1 + word > COLUMNS
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
    fn what_was_broken_for_a_terminal_is_one_part() {
        let text = "headline\nasked: this\n\n\
                    \x20 rows: 4, wanted: 2\n\
                    \x20 returned: Err(Database(error returned from database: (code: 1811) and a word\n\
                    \x20   of two))\n\
                    \x20   not of it\n\n\
                    Nothing is in flight, and still something waits. `buffered` with a limit of\n\
                    0 never starts anything.\nRead on: there\n";
        let said: Vec<_> = parts(text)
            .into_iter()
            .map(|(kind, text)| format!("{} {text}", kind.class()))
            .collect();
        assert_eq!(
            said,
            [
                "said headline",
                "said asked: this",
                "gap ",
                "fact   rows: 4, wanted: 2",
                "fact   returned: Err(Database(error returned from database: (code: 1811) and a word \
                 of two))",
                "fact     not of it",
                "gap ",
                "said Nothing is in flight, and still something waits. `buffered` with a limit of \
                 0 never starts anything.",
                "said Read on: there",
            ]
        );
    }

    #[test]
    fn a_drawing_keeps_its_lines() {
        let text = "late\n\n  user 1 ▐▌\n  idle\n  … 4 more, all at once …\n";
        let drawn = parts(text).pop().expect("the drawing");
        assert_eq!(
            drawn,
            (Kind::Drawn, "  user 1 ▐▌\n  idle\n  … 4 more, all at once …".to_owned())
        );
    }
}
