//! Names and labels come from tests, and may hold anything. Here they become one safe line.

use std::borrow::Cow;

/// One line of text with nothing that would move the cursor, turn the direction of writing or be
/// invalid in XML: each such character becomes a replacement character.
pub(crate) fn line(text: &str) -> String {
    text.chars().map(|c| if unsafe_in_a_line(c) { '\u{fffd}' } else { c }).collect()
}

/// Text of several lines in which whatever would move the cursor, change the terminal or turn the
/// direction of writing is made visible: `␛[2J`. Line feeds and tabs stay as they are.
pub fn visible(text: &str) -> Cow<'_, str> {
    let is_fine = |c: char| matches!(c, '\n' | '\t') || !unsafe_in_a_line(c);
    if text.chars().all(is_fine) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            c if is_fine(c) => shown.push(c),
            // Unicode has a picture of each.
            '\0'..='\x1f' => shown.extend(char::from_u32(0x2400 + u32::from(c))),
            '\x7f' => shown.push('\u{2421}'),
            c => shown.extend(c.escape_unicode()),
        }
    }
    Cow::Owned(shown)
}

/// As [`line`], with a question mark for whatever is not ASCII.
pub(crate) fn ascii_line(text: &str) -> String {
    line(text).chars().map(|c| if c.is_ascii() { c } else { '?' }).collect()
}

/// Cuts a text to so many characters, the last of them `ellipsis` if something was cut.
///
/// Characters, not columns of a terminal: names here are short and nearly always ASCII, and a
/// table of character widths is not worth its place in a learner's first build.
pub(crate) fn shorten(text: &str, width: usize, ellipsis: char) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(width.saturating_sub(1)).collect();
    if width > 0 {
        short.push(ellipsis);
    }
    short
}

fn unsafe_in_a_line(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061c}' | '\u{200e}' | '\u{200f}'        // marks of direction
            | '\u{2028}' | '\u{2029}'                   // line and paragraph separators
            | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' // embeddings and isolates
            | '\u{fffe}' | '\u{ffff}') // not characters, and not allowed in XML
}

/// Text for an element or an attribute of HTML and SVG, on one line.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in line(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_break_a_line_is_replaced() {
        assert_eq!(line("a\nb\u{202e}c"), "a\u{fffd}b\u{fffd}c");
        assert_eq!(ascii_line("naïve\t"), "na?ve?");
    }

    #[test]
    fn what_a_terminal_would_obey_is_made_visible() {
        assert_eq!(visible("two\tparts\nof it"), "two\tparts\nof it");
        assert_eq!(visible("\x1b[2J\x1b]0;a name\x07"), "␛[2J␛]0;a name␇");
        assert_eq!(visible("\x7f\u{9b}2J \u{202e}"), "␡\\u{9b}2J \\u{202e}");
        assert_eq!(visible("over\rwritten\r\n"), "over␍written\n");
    }

    #[test]
    fn long_texts_end_in_an_ellipsis() {
        assert_eq!(shorten("user 1", 6, '…'), "user 1");
        assert_eq!(shorten("user 10", 6, '…'), "user …");
        assert_eq!(shorten("user", 1, '…'), "…");
        assert_eq!(shorten("user", 0, '…'), "");
    }

    #[test]
    fn markup_is_escaped() {
        assert_eq!(escaped(r#"<a href="b">&'"#), "&lt;a href=&quot;b&quot;&gt;&amp;&#39;");
    }
}
