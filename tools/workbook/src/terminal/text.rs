//! Text that fits: widths as a terminal counts them, past colours and links.

use std::borrow::Cow;

pub use textwrap::core::display_width as width;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};
use unicode_width::UnicodeWidthChar as _;

/// A character, or an escape sequence, which takes no room.
enum Piece<'a> {
    Char(char),
    Escape(&'a str),
}

/// Splits a line into what is seen and what is not.
fn pieces(line: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = line;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let length = if first == '\x1b' { escape(rest) } else { first.len_utf8() };
        let (piece, after) = rest.split_at(length);
        rest = after;
        Some(if first == '\x1b' { Piece::Escape(piece) } else { Piece::Char(first) })
    })
}

/// The length of the escape sequence with which the text begins.
fn escape(text: &str) -> usize {
    let bytes = text.as_bytes();
    let end = match bytes.get(1) {
        // A control sequence ends with a letter, or with one of a few signs.
        Some(b'[') => bytes.iter().skip(2).position(|byte| (0x40..=0x7e).contains(byte)),
        // A command to the terminal, such as a link, ends with a bell or with `ESC \`.
        Some(b']') => {
            let bell = text.find('\x07').map(|at| at - 2);
            let string = text[1..].find("\x1b\\");
            match (bell, string) {
                (Some(bell), Some(string)) => Some(bell.min(string)),
                (one, other) => one.or(other),
            }
        }
        _ => None,
    };
    end.map_or(1, |end| end + 3).min(text.len())
}

fn room(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// The line in `columns`; what is too long ends with a sign that it goes on.
pub fn cut(line: &str, columns: usize, ascii: bool) -> String {
    if width(line) <= columns {
        return line.to_owned();
    }
    let sign = if ascii { '~' } else { '…' };
    let mut kept = String::new();
    let mut used = 0;
    let mut full = false;
    for piece in pieces(line) {
        match piece {
            // Also those after the cut: they end colours and links.
            Piece::Escape(escape) => kept.push_str(escape),
            Piece::Char(c) if !full && used + room(c) < columns => {
                used += room(c);
                kept.push(c);
            }
            Piece::Char(_) if !full => {
                full = true;
                if columns > 0 {
                    kept.push(sign);
                }
            }
            Piece::Char(_) => {}
        }
    }
    kept
}

/// The line and blanks up to `columns`.
pub fn padded(line: &str, columns: usize, ascii: bool) -> String {
    let line = cut(line, columns, ascii);
    let blanks = columns - width(&line);
    format!("{line}{:blanks$}", "")
}

/// The line in pieces of `columns`, each in the colours that it had.
pub fn fold(line: &str, columns: usize) -> Vec<String> {
    const RESET: &str = "\x1b[0m";
    let mut folded = Vec::new();
    let mut colours = String::new();
    let mut current = String::new();
    let mut used = 0;
    for piece in pieces(line) {
        match piece {
            Piece::Escape(escape) => {
                current.push_str(escape);
                if escape == RESET || escape == "\x1b[m" {
                    colours.clear();
                } else {
                    colours.push_str(escape);
                }
            }
            Piece::Char(c) => {
                if used + room(c) > columns.max(1) {
                    if !colours.is_empty() {
                        current.push_str(RESET);
                    }
                    folded.push(std::mem::replace(&mut current, colours.clone()));
                    used = 0;
                }
                used += room(c);
                current.push(c);
            }
        }
    }
    folded.push(current);
    folded
}

/// Sentences in lines of `columns`, broken between words. A word that is longer is broken too.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    wrap_at(text, columns, "")
}

/// A line as it is if it fits, else wrapped, with what follows moved in as far as it is.
pub fn reflow(line: &str, columns: usize) -> Vec<String> {
    if width(line) <= columns {
        return vec![line.to_owned()];
    }
    let indent = line.len() - line.trim_start_matches(' ').len();
    wrap_at(line, columns, &line[..indent.min(columns / 2)])
}

fn wrap_at(text: &str, columns: usize, indent: &str) -> Vec<String> {
    // A single blank between words, whatever white space was there.
    let text: Vec<&str> = text.split_whitespace().collect();
    if text.is_empty() {
        return Vec::new();
    }
    let options = Options::new(columns)
        .initial_indent(indent)
        .subsequent_indent(indent)
        .wrap_algorithm(WrapAlgorithm::FirstFit)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation);
    textwrap::wrap(&text.join(" "), options).into_iter().map(Cow::into_owned).collect()
}

/// Text that learner's code may have made, without what would steer the terminal.
pub fn plain(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Char('\t') => clean.push_str("    "),
            Piece::Char(c) if c == '\n' || !c.is_control() => clean.push(c),
            _ => {}
        }
    }
    clean
}

/// The start and the end of a text of more than `most` characters, and how much is left out.
pub fn bounded(text: &str, most: usize) -> Cow<'_, str> {
    let characters = text.chars().count();
    if characters <= most {
        return Cow::Borrowed(text);
    }
    let place = |number: usize| text.char_indices().nth(number).map_or(text.len(), |(at, _)| at);
    let last = most / 4;
    let (start, end) = (&text[..place(most - last)], &text[place(characters - last)..]);
    Cow::Owned(format!("{start}\n(left out here: {} characters)\n{end}", characters - most))
}

/// The text with ASCII characters only, as near as they come.
pub fn ascii(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            _ if c.is_ascii() => plain.push(c),
            '✓' => plain.push('+'),
            '✗' | '╳' | '×' => plain.push('x'),
            '●' | '•' => plain.push('*'),
            '·' | '–' | '—' | '─' | '━' => plain.push('-'),
            '│' | '┃' => plain.push('|'),
            '…' => plain.push_str("..."),
            '→' => plain.push_str("->"),
            '↑' => plain.push('^'),
            '↓' => plain.push('v'),
            '≤' => plain.push_str("<="),
            '≥' => plain.push_str(">="),
            '“' | '”' => plain.push('"'),
            '‘' | '’' => plain.push('\''),
            '▐' => plain.push('['),
            '▌' => plain.push(']'),
            '█' => plain.push('='),
            '▶' | '›' => plain.push('>'),
            '┄' => plain.push('.'),
            '▓' => plain.push('#'),
            ' ' => plain.push(' '),
            _ => plain.push('?'),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: &str = "\x1b[31mred\x1b[0m";
    const LINK: &str = "\x1b]8;;file:///a\x1b\\a b\x1b]8;;\x1b\\";

    #[test]
    fn colours_and_links_take_no_room() {
        assert_eq!(width(RED), 3);
        assert_eq!(width(LINK), 3);
        assert_eq!(width("\x1b]8;;x\x07a\x1b]8;;\x07"), 1);
        assert_eq!(width("漢"), 2);
        assert_eq!(width("\x1b"), 0);
    }

    #[test]
    fn a_cut_line_still_ends_its_colours() {
        assert_eq!(cut("abcd", 4, false), "abcd");
        assert_eq!(cut("abcde", 4, false), "abc…");
        assert_eq!(cut("\x1b[31mabcde\x1b[0m", 4, true), "\x1b[31mabc~\x1b[0m");
        assert_eq!(cut("漢漢漢", 4, false), "漢…");
        assert_eq!(cut("abc", 0, false), "");
    }

    #[test]
    fn a_folded_line_keeps_its_colours() {
        assert_eq!(fold("\x1b[31mabc\x1b[0md", 2), ["\x1b[31mab\x1b[0m", "\x1b[31mc\x1b[0md"]);
        assert_eq!(fold("", 5), [""]);
    }

    #[test]
    fn words_stay_whole_where_they_fit() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("exercises", 4), ["exer", "cise", "s"]);
        assert_eq!(wrap("one\n  two-way  three", 7), ["one", "two-way", "three"]);
        assert_eq!(wrap("a 漢字漢字", 4), ["a", "漢字", "漢字"]);
        assert_eq!(wrap(" \n", 7), [""; 0]);
        assert_eq!(wrap("ab", 0), ["a", "b"]);
        assert_eq!(reflow("  one  two", 10), ["  one  two"]);
        assert_eq!(reflow("  one two three", 9), ["  one two", "  three"]);
        assert_eq!(reflow("        one two", 7), ["   one", "   two"]);
    }

    #[test]
    fn a_long_text_has_its_start_and_its_end() {
        assert_eq!(bounded("ééé", 3), "ééé");
        let long = format!("begin {} end", "é".repeat(1000));
        assert_eq!(bounded(&long, 16), "begin éééééé\n(left out here: 994 characters)\n end");
    }

    #[test]
    fn nothing_of_a_learners_text_steers_the_terminal() {
        assert_eq!(plain("a\x1b[2Jb\x07c\r\n\td\x1b]0;title\x07e\x1b"), "abc\n    de");
        assert_eq!(ascii("✗ a → “b”…"), "x a -> \"b\"...");
    }
}
