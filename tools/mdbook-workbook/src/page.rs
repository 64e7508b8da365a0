//! Reading a page: where its directives and its hand-written Rust stand.

use crate::problem::{Problem, Trouble};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use std::ops::Range;

/// A directive as written, alone on its line.
#[derive(Debug, PartialEq, Eq)]
pub struct Directive {
    /// The line, counted from one.
    pub line: usize,
    /// The bytes of the page that it stands on, without the line break.
    pub place: Range<usize>,
    pub name: String,
    pub words: Vec<Word>,
}

/// A word of a directive; a quoted one may hold spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub text: String,
    pub quoted: bool,
}

/// A fenced code block.
#[derive(Debug, PartialEq, Eq)]
pub struct Fence {
    /// The line of its opening, counted from one.
    pub line: usize,
    /// What follows the backticks, split at commas and spaces: the language first.
    pub info: Vec<String>,
    pub code: String,
}

impl Fence {
    /// Whether it is shown as Rust.
    pub fn is_rust(&self) -> bool {
        self.info.first().is_some_and(|language| language == "rust" || language == "rs")
    }

    /// Whether it is marked as needing nothing but the standard library, and so can be compiled.
    pub fn is_std_only(&self) -> bool {
        self.info.iter().any(|word| word == "std-only")
    }
}

/// The Markdown that mdBook reads, as far as it decides where code begins and ends.
fn parser(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES)
}

/// The fenced code blocks of a page, in order.
pub fn fences(text: &str) -> Vec<Fence> {
    let mut fences = Vec::new();
    let mut open: Option<Fence> = None;
    for (event, place) in parser(text).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                open = Some(Fence {
                    line: line_of(text, place.start),
                    info: info
                        .split([',', ' '])
                        .filter(|word| !word.is_empty())
                        .map(ToOwned::to_owned)
                        .collect(),
                    code: String::new(),
                });
            }
            Event::Text(code) => {
                if let Some(fence) = &mut open {
                    fence.code.push_str(&code);
                }
            }
            Event::End(TagEnd::CodeBlock) => fences.extend(open.take()),
            _ => {}
        }
    }
    fences
}

/// The directives of a page outside its code, or what is wrong with the way they are written.
pub fn directives(file: &str, text: &str) -> Result<Vec<Directive>, Vec<Problem>> {
    let code = code(text);
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    let mut start = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let place = start..start + line.trim_end().len();
        start += line.len();
        let opening = text[place.clone()].match_indices("{{#").map(|(at, _)| place.start + at);
        let opening = opening.into_iter().find(|at| !code.iter().any(|code| code.contains(at)));
        let Some(opening) = opening else { continue };
        let read = if opening == place.start {
            read(&text[place.clone()])
        } else {
            Err(Trouble::new(
                "a directive does not begin its line",
                "put it alone on a line of its own, without indentation; \
                 to show it as text, write it as inline code",
            ))
        };
        match read {
            Ok((name, words)) => found.push(Directive { line: index + 1, place, name, words }),
            Err(trouble) => problems.push(trouble.at(file, index + 1)),
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

/// The bytes of code blocks and inline code.
fn code(text: &str) -> Vec<Range<usize>> {
    parser(text)
        .into_offset_iter()
        .filter(|(event, _)| matches!(event, Event::Start(Tag::CodeBlock(_)) | Event::Code(_)))
        .map(|(_, place)| place)
        .collect()
}

/// Reads `{{#name words "quoted words"}}`.
fn read(line: &str) -> Result<(String, Vec<Word>), Trouble> {
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
    Ok((name, words))
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

/// The line, counted from one, of a byte.
fn line_of(text: &str, at: usize) -> usize {
    text[..at].bytes().filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<(usize, String)> {
        directives("p.md", text)
            .expect("well written")
            .into_iter()
            .map(|directive| (directive.line, directive.name))
            .collect()
    }

    #[test]
    fn code_is_left_alone() {
        let text = "{{#quiz a}}\n\n```text\n{{#quiz b}}\n```\n\nUse `{{#quiz c}}` so.\n\n    {{#quiz d}}\n\n{{#quiz e}}\n";
        assert_eq!(names(text), [(1, "quiz".to_owned()), (11, "quiz".to_owned())]);
    }

    #[test]
    fn quoted_words_keep_their_spaces() {
        let found =
            directives("p.md", "{{#timeline gather  a.b \"See how, it is\"}}").expect("fine");
        let words: Vec<_> = found[0].words.iter().map(|w| (w.text.as_str(), w.quoted)).collect();
        assert_eq!(words, [("gather", false), ("a.b", false), ("See how, it is", true)]);
    }

    #[test]
    fn each_badly_written_directive_is_named_with_its_line() {
        let text = "a\n{{#quiz a\n\nsee {{#quiz b}}\n\n{{#quiz c}} there\n\n{{# }}\n\n{{#timeline a \"b}}\n";
        let problems = directives("p.md", text).expect_err("all are wrong");
        let said: Vec<_> = problems.iter().map(|p| format!("{}: {}", p.line, p.what)).collect();
        assert_eq!(
            said,
            [
                "2: the directive `{{#quiz a` is not closed",
                "4: a directive does not begin its line",
                "6: `there` stands after a directive",
                "8: a directive without a name",
                "10: a quotation that is not closed",
            ]
        );
    }

    #[test]
    fn fences_know_their_language_and_line() {
        let found = fences("x\n\n```rust,std-only\nfn a() {}\n```\n\n~~~ rust\nb\n~~~\n");
        assert_eq!(found[0].line, 3);
        assert_eq!(found[0].code, "fn a() {}\n");
        assert!(found[0].is_rust() && found[0].is_std_only());
        assert!(found[1].is_rust() && !found[1].is_std_only());
    }
}
