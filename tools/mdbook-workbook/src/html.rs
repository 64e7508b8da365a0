//! Small helpers for writing HTML into Markdown.

/// Text with the characters that mean something in HTML escaped; fit for attributes too.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

/// A name in code. The style sheet lets a narrow screen break it; a `<wbr>` in it would hide it from
/// the search, which reads one as a space.
pub fn name(name: &str) -> String {
    format!("<code>{}</code>", escape(name))
}

/// The same HTML without an empty line.
///
/// An empty line ends a block of HTML in Markdown, and what follows would be read as Markdown
/// again. A line break written as a character reference means the same to a browser.
pub fn seal(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut lines = html.lines().peekable();
    while let Some(line) = lines.next() {
        out.push_str(line);
        match lines.peek() {
            Some(next) if next.trim().is_empty() || line.trim().is_empty() => {
                out.push_str("&#10;");
            }
            Some(_) => out.push('\n'),
            None => {}
        }
    }
    out
}

/// Markdown of a manifest or a quiz (a hint, an explanation) as HTML.
pub fn markdown(text: &str) -> String {
    use pulldown_cmark::{Options, Parser, html::push_html};
    let mut out = String::new();
    push_html(&mut out, Parser::new_ext(text.trim(), Options::ENABLE_SMART_PUNCTUATION));
    out.trim_end().to_owned()
}

/// Markdown of one paragraph as HTML, without the paragraph around it.
pub fn inline(text: &str) -> String {
    let html = markdown(text);
    match html.strip_prefix("<p>").and_then(|rest| rest.strip_suffix("</p>")) {
        Some(inside) if !inside.contains("<p>") => inside.to_owned(),
        _ => html,
    }
}

/// Markdown as plain text, for titles and labels that take no markup.
pub fn plain(text: &str) -> String {
    use pulldown_cmark::{Event, Options, Parser};
    Parser::new_ext(text.trim(), Options::ENABLE_SMART_PUNCTUATION)
        .filter_map(|event| match event {
            Event::Text(text) | Event::Code(text) => Some(text),
            Event::SoftBreak | Event::HardBreak => Some(" ".into()),
            _ => None,
        })
        .collect::<Vec<_>>()
        .concat()
}

/// The id that mdBook gives to a heading of this title, which is Markdown.
pub fn anchor(title: &str) -> String {
    plain(title)
        .trim()
        .to_lowercase()
        .chars()
        .filter_map(|character| match character {
            space if space.is_whitespace() => Some('-'),
            kept if kept.is_alphanumeric() || matches!(kept, '_' | '-') => Some(kept),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_html_has_no_empty_line_and_keeps_its_line_breaks() {
        let sealed = seal("<pre>a\n\nb\n   \nc\nd</pre>");
        assert_eq!(sealed, "<pre>a&#10;&#10;b&#10;   &#10;c\nd</pre>");
    }

    #[test]
    fn a_name_is_one_word_to_the_search() {
        assert_eq!(name("a_b<c"), "<code>a_b&lt;c</code>");
    }

    #[test]
    fn plain_text_has_no_markup() {
        assert_eq!(plain("*All* of `join_all`\nends"), "All of join_all ends");
    }

    #[test]
    fn one_paragraph_is_inline() {
        assert_eq!(inline("Use `join_all`."), "Use <code>join_all</code>.");
        assert_eq!(inline("a\n\nb"), "<p>a</p>\n<p>b</p>");
    }
}
