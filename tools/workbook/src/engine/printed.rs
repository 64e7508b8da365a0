//! What the code under test prints: `println!`, `eprintln!` and `dbg!`.
//!
//! libtest keeps what a test prints, on its own thread and on those that it starts, and repeats it
//! in its report if the test fails: below `---- NAME stdout ----`, with the test's explanation after
//! it. A test that runs alone prints directly. Either way it is only shown. No verdict depends on
//! it, and it is never recorded.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Serialize;
use timeline::visible;

use crate::terminal::text::plain;

/// So much is kept of one output while it comes, in bytes: its end.
pub const KEPT: usize = 64 * 1024;
/// No heading of libtest's report is longer.
const LONGEST_HEADING: usize = 512;
/// More tests than any exercise has.
const MOST_SECTIONS: usize = 256;
/// So many lines are shown, and so many characters.
const LINES: usize = 20;
const CHARACTERS: usize = 2000;

/// The end of what the code printed during one test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Printed {
    /// The last lines, without anything that would steer a terminal.
    pub text: String,
    /// How many lines before these are left out.
    pub lines_left_out: usize,
    /// How many characters before these are left out.
    pub characters_left_out: usize,
}

impl Printed {
    /// How much is left out, in words: `left out above: 1200 lines`. `None` if nothing is.
    pub fn left_out(&self) -> Option<String> {
        let (number, what) = match (self.lines_left_out, self.characters_left_out) {
            (0, 0) => return None,
            (0, characters) => (characters, "character"),
            (lines, _) => (lines, "line"),
        };
        let s = if number == 1 { "" } else { "s" };
        Some(format!("left out above: {number} {what}{s}"))
    }

    /// Of an output that ends with the explanation of the test.
    fn before(explanation: &str, output: &Tail) -> Option<Self> {
        let all = output.text();
        let text = match all.rfind(explanation) {
            Some(at) => &all[..at],
            // Then the end that was kept lies within the explanation.
            None if explanation.len() >= KEPT => return None,
            // libtest lists the tests that failed below the last of them.
            None => all.rfind("\n\nfailures:\n").map_or(&*all, |at| &all[..at]),
        };
        let text = if output.characters > 0 { text.trim_start_matches('\u{fffd}') } else { text };
        let text = plain(text);
        let text = visible(text.trim_end());
        let lines: Vec<&str> = text.lines().collect();
        let (above, shown) = lines.split_at(lines.len().saturating_sub(LINES));
        let shown = shown.join("\n");
        let cut = shown.chars().count().saturating_sub(CHARACTERS);
        let start = shown.char_indices().nth(cut).map_or(shown.len(), |(at, _)| at);
        let text = shown[start..].to_owned();
        if text.trim().is_empty() {
            return None;
        }
        let above_characters: usize = above.iter().map(|line| line.chars().count() + 1).sum();
        Some(Self {
            text,
            lines_left_out: output.lines + above.len() + shown[..start].matches('\n').count(),
            characters_left_out: output.characters + above_characters + cut,
        })
    }
}

/// The end of an output, and how much came before it.
#[derive(Clone, Debug, Default)]
pub struct Tail {
    kept: Vec<u8>,
    lines: usize,
    characters: usize,
}

impl Tail {
    /// Takes in what comes next. In slices: byte by byte, a flood would hold its process up for
    /// seconds.
    pub fn push(&mut self, bytes: &[u8]) {
        self.kept.extend_from_slice(bytes);
        if self.kept.len() > 2 * KEPT {
            self.shorten();
        }
    }

    fn shorten(&mut self) {
        let excess = self.kept.len().saturating_sub(KEPT);
        for byte in self.kept.drain(..excess) {
            self.lines += usize::from(byte == b'\n');
            // Each character has one byte that does not continue another.
            self.characters += usize::from(byte & 0xc0 != 0x80);
        }
    }

    /// Nothing more comes.
    pub fn end(&mut self) {
        self.shorten();
    }

    /// The end.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.kept)
    }

    /// What the code printed during a test that ran alone, before the explanation.
    pub fn printed(&self, explanation: &str) -> Option<Printed> {
        let mut own = self.clone();
        let heading = b"\nrunning 1 test\n";
        if own.kept.starts_with(heading) {
            own.kept.drain(..heading.len());
        }
        Printed::before(explanation, &own)
    }
}

/// Sorts libtest's report by test, as it comes.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The line that has not ended yet.
    line: Vec<u8>,
    /// Whether some of that line has been sorted: it is too long for a heading.
    begun: bool,
    current: Option<String>,
    sections: HashMap<String, Tail>,
}

impl Report {
    /// Takes in what comes next.
    pub fn push(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(piece);
            let ended = piece.ends_with(b"\n");
            if ended || self.line.len() > LONGEST_HEADING {
                self.sort(ended);
            }
        }
    }

    fn sort(&mut self, ended: bool) {
        let line = std::mem::take(&mut self.line);
        let begun = std::mem::replace(&mut self.begun, !ended);
        let heading = if begun || !ended { None } else { heading(&line) };
        if let Some(test) = heading
            && self.sections.len() < MOST_SECTIONS
            && !self.sections.contains_key(test)
        {
            self.sections.insert(test.to_owned(), Tail::default());
            self.current = Some(test.to_owned());
        } else if let Some(section) = self.current.as_ref().and_then(|it| self.sections.get_mut(it))
        {
            section.push(&line);
        }
    }

    /// Nothing more comes.
    pub fn end(&mut self) {
        self.sort(true);
        self.sections.values_mut().for_each(Tail::end);
    }

    /// What the code printed during that test, before the explanation. libtest repeats it only if
    /// the test failed.
    pub fn printed(&self, test: &str, explanation: &str) -> Option<Printed> {
        Printed::before(explanation, self.sections.get(test)?)
    }
}

/// The test of a line `---- NAME stdout ----`.
fn heading(line: &[u8]) -> Option<&str> {
    let line = std::str::from_utf8(line).ok()?.trim_end();
    line.strip_prefix("---- ")?.strip_suffix(" stdout ----")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// libtest's report on two tests, in pieces that end anywhere.
    fn report(first: &str, second: &str) -> Report {
        let text = format!(
            "\nrunning 2 tests\ntest a ... FAILED\ntest m::b ... FAILED\n\nfailures:\n\n\
             ---- a stdout ----\n{first}\nwhat a asks\n\n\n---- m::b stdout ----\n{second}\n\
             what b asks\n\n\n\nfailures:\n    a\n    m::b\n\ntest result: FAILED.\n"
        );
        let mut report = Report::default();
        for piece in text.as_bytes().chunks(7) {
            report.push(piece);
        }
        report.end();
        report
    }

    #[test]
    fn each_test_has_what_was_printed_during_it() {
        let report = report("one\ntwo\n", "");
        let printed = report.printed("a", "what a asks\n").expect("it has printed");
        assert_eq!((&*printed.text, printed.left_out()), ("one\ntwo", None));
        assert_eq!(report.printed("m::b", "what b asks\n"), None, "it has printed nothing");
        assert_eq!(report.printed("m::b", "else").expect("all of it").text, "\nwhat b asks");
        assert_eq!(report.printed("c", ""), None);
    }

    #[test]
    fn a_flood_is_bounded_and_says_how_much_is_left_out() {
        let many: Vec<String> = (0..100_000).map(|number| format!("line {number}\n")).collect();
        let many = many.concat();
        let report = report(&many, &"x".repeat(100_000));
        let printed = report.printed("a", "what a asks\n").expect("it has printed");
        assert!(printed.text.starts_with("line 99980\n"), "{}", printed.text);
        assert!(printed.text.ends_with("line 99999"), "{}", printed.text);
        assert_eq!(printed.left_out().as_deref(), Some("left out above: 99980 lines"));
        let printed = report.printed("m::b", "what b asks\n").expect("it has printed");
        assert_eq!(printed.text, "x".repeat(CHARACTERS));
        assert_eq!(printed.left_out().as_deref(), Some("left out above: 98000 characters"));
    }

    #[test]
    fn nothing_that_is_printed_steers_the_terminal() {
        let report = report("\x1b[2J\x1b[31mred\x1b[0m\u{202e}\x07\r\n", "");
        let printed = report.printed("a", "what a asks\n").expect("it has printed");
        assert_eq!(printed.text, "red\\u{202e}");
    }

    #[test]
    fn a_test_that_ran_alone_has_printed_directly() {
        let mut tail = Tail::default();
        tail.push(b"\nrunning 1 test\nhere\n\nwhat it asks\n\ntest a ... FAILED\n\nfailures:\n");
        tail.end();
        assert_eq!(tail.printed("what it asks\n").expect("it has printed").text, "here");
    }
}
