//! Directives as they are written on a page: `{{#name words "quoted words"}}`, alone on a line.

use std::ops::Range;

use crate::pages::markdown::{Prose, inline_code};
use crate::pages::problem::Trouble;

/// A line of a page with a directive on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number, counted from one.
    pub number: usize,
    /// Its bytes in the page, without the line break.
    pub place: Range<usize>,
    /// The directive, or what is wrong with the way it is written.
    pub directive: Result<Directive, Trouble>,
}

/// A directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// The word after `#`.
    pub name: String,
    /// What follows.
    pub words: Vec<Word>,
}

/// A word of a directive; a quoted one may hold spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The word, without its quotation marks.
    pub text: String,
    /// Whether it had any.
    pub quoted: bool,
}

/// The directives in the prose of a page, without those that are shown as inline code.
pub fn directives(text: &str, prose: &[Prose]) -> Vec<Line> {
    prose.iter().filter_map(|line| read(text, line)).collect()
}

fn read(text: &str, Prose { line, place }: &Prose) -> Option<Line> {
    let shown = &text[place.clone()];
    let code = inline_code(shown);
    let mut openings = shown.match_indices("{{#").map(|(at, _)| at);
    let opening = openings.find(|at| !code.iter().any(|code| code.contains(at)))?;
    let directive = if opening == 0 {
        parse(shown)
    } else {
        Err(Trouble::new(
            "a directive does not begin its line",
            "put it alone on a line of its own, without indentation; \
             to show it as text, write it as inline code",
        ))
    };
    Some(Line { number: *line, place: place.clone(), directive })
}

fn parse(line: &str) -> Result<Directive, Trouble> {
    let inside = line.strip_prefix("{{#").unwrap_or(line);
    let Some((inside, after)) = inside.split_once("}}") else {
        return Err(Trouble::new(
            format!("the directive `{line}` is not closed"),
            "end it with `}}` on the same line",
        ));
    };
    if !after.is_empty() {
        return Err(Trouble::new(
            format!("`{}` stands after a directive", after.trim()),
            "put the directive alone on a line of its own",
        ));
    }
    let mut words = split(inside)?;
    if words.is_empty() || words[0].quoted {
        return Err(Trouble::new(
            "a directive without a name",
            "write for example `{{#exercise gather}}`",
        ));
    }
    let name = words.remove(0).text;
    Ok(Directive { name, words })
}

/// Splits at spaces outside double quotes.
fn split(inside: &str) -> Result<Vec<Word>, Trouble> {
    let mut words = Vec::new();
    let mut rest = inside.trim_start();
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix('"') {
            let Some((text, after)) = quoted.split_once('"') else {
                return Err(Trouble::new(
                    "a quotation that is not closed",
                    "end it with `\"` before the `}}`; within it write “ and ” for quotation marks",
                ));
            };
            words.push(Word { text: text.to_owned(), quoted: true });
            rest = after.trim_start();
        } else {
            let end = rest.find([' ', '\t', '"']).unwrap_or(rest.len());
            words.push(Word { text: rest[..end].to_owned(), quoted: false });
            rest = rest[end..].trim_start();
        }
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::markdown::parse;

    fn lines(text: &str) -> Vec<Line> {
        directives(text, &parse(text).prose)
    }

    #[test]
    fn code_is_left_alone() {
        let text =
            "{{#quiz a}}\n\n```text\n{{#quiz b}}\n```\n\nUse `{{#quiz c}}` so.\n\n{{#quiz e}}\n";
        let found: Vec<_> = lines(text).into_iter().map(|line| line.number).collect();
        assert_eq!(found, [1, 9]);
    }

    #[test]
    fn quoted_words_keep_their_spaces() {
        let found = lines("{{#timeline gather  a.b \"See how, it is\"}}").remove(0);
        let directive = found.directive.expect("well written");
        let words: Vec<_> = directive.words.iter().map(|w| (w.text.as_str(), w.quoted)).collect();
        assert_eq!(words, [("gather", false), ("a.b", false), ("See how, it is", true)]);
    }

    #[test]
    fn each_badly_written_directive_is_named_with_its_line() {
        let text = "a\n{{#quiz a\n\nsee {{#quiz b}}\n\n{{#quiz c}} there\n\n{{# }}\n\n\
                    {{#timeline a \"b}}\n\n    {{#quiz d}}\n";
        let said: Vec<_> = lines(text)
            .into_iter()
            .map(|line| (line.number, line.directive.expect_err("wrong").what))
            .collect();
        let wanted = [
            (2, "the directive `{{#quiz a` is not closed"),
            (4, "a directive does not begin its line"),
            (6, "`there` stands after a directive"),
            (8, "a directive without a name"),
            (10, "a quotation that is not closed"),
            (12, "a directive does not begin its line"),
        ];
        assert_eq!(said, wanted.map(|(line, what)| (line, what.to_owned())));
    }
}
