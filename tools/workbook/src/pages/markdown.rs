//! Where the code of a page stands, and where its prose.
//!
//! Markdown has more ways to end a fence than an author means: the end of the page, of a list, of
//! a quotation. Here a fence is closed by a fence and nothing else, and one that is not is told as a
//! mistake. So this short reading and that of the Markdown renderer agree on every page that is
//! accepted, and the learner's first command need not compile a renderer: pulldown-cmark takes two
//! seconds of twenty. The book's builder has it, and its tests compare the two readings.

use std::ops::Range;

use crate::pages::problem::{Mistake, Trouble};

/// A fenced code block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fence {
    /// The line of its opening, counted from one.
    pub line: usize,
    /// What follows the opening marks, split at commas and spaces: the language first.
    pub info: Vec<String>,
    /// What stands in it, without the indentation of the fence.
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

/// A line outside fenced code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prose {
    /// Its number, counted from one.
    pub line: usize,
    /// Its bytes in the page, without white space at the end.
    pub place: Range<usize>,
}

/// A page, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// The lines of its prose.
    pub prose: Vec<Prose>,
    /// Its fenced code blocks, in order.
    pub fences: Vec<Fence>,
    /// Fences that are not closed, and Rust that nobody compiles.
    pub mistakes: Vec<Mistake>,
}

/// Takes a page apart.
pub fn parse(text: &str) -> Parts {
    let mut parts = Parts::default();
    let mut open: Option<(Opening, Fence)> = None;
    let mut start = 0;
    for (index, whole) in text.split_inclusive('\n').enumerate() {
        let line = whole.trim_end();
        let place = start..start + line.len();
        start += whole.len();
        let number = index + 1;
        match open.take() {
            Some((opening, mut fence)) => match opening.inside(line) {
                Inside::Code(code) => {
                    fence.code.push_str(code);
                    fence.code.push('\n');
                    open = Some((opening, fence));
                }
                Inside::End => parts.add(fence),
                Inside::Outside => {
                    // From here on, nobody can tell what is meant to be code.
                    parts.mistakes.push(not_closed(fence.line));
                    return parts;
                }
            },
            None => match Opening::read(line) {
                Some((opening, info)) => {
                    let words = info.split([',', ' ']).filter(|word| !word.is_empty());
                    let info = words.map(str::to_owned).collect();
                    open = Some((opening, Fence { line: number, info, code: String::new() }));
                }
                None => parts.prose.push(Prose { line: number, place }),
            },
        }
    }
    if let Some((_, fence)) = open {
        parts.mistakes.push(not_closed(fence.line));
    }
    parts
}

impl Parts {
    /// Rust written by hand drifts from what compiles: only what can be compiled on its own may
    /// stand.
    fn add(&mut self, fence: Fence) {
        if fence.is_rust() && !fence.is_std_only() {
            let trouble = Trouble::new(
                "Rust written by hand is compiled by nobody",
                "show an item of a checked file with `{{#item FILE NAME}}`; \
                 code that needs nothing but the standard library may stand as \
                 ```rust,std-only",
            );
            self.mistakes.push(Mistake { line: fence.line, trouble });
        }
        self.fences.push(fence);
    }
}

fn not_closed(line: usize) -> Mistake {
    let trouble = Trouble::new(
        "the code that begins here is not closed",
        "end it with the marks that open it, and let no line of it stand further left than these",
    );
    Mistake { line, trouble }
}

/// How a fence was opened.
#[derive(Debug)]
struct Opening {
    mark: char,
    marks: usize,
    /// In how many quotations it stands.
    quotations: usize,
    /// The columns before it, within the innermost quotation.
    indent: usize,
}

/// What a line is to the fence that is open above it.
enum Inside<'a> {
    Code(&'a str),
    End,
    Outside,
}

impl Opening {
    /// Reads the opening of a fence and what follows it.
    fn read(line: &str) -> Option<(Self, &str)> {
        let (mut rest, mut quotations, mut indent) = (line, 0, 0);
        loop {
            let spaces = spaces(rest);
            let text = &rest[spaces..];
            if let Some(quoted) = text.strip_prefix('>') {
                (quotations, indent) = (quotations + 1, 0);
                rest = quoted.strip_prefix(' ').unwrap_or(quoted);
            } else if let Some(marker) = list_marker(text) {
                indent += spaces + marker;
                rest = &text[marker..];
            } else {
                indent += spaces;
                rest = text;
                break;
            }
        }
        let mark = rest.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
        let info = rest.trim_start_matches(mark);
        let marks = rest.len() - info.len();
        // Backticks further on make it inline code.
        let opens = marks >= 3 && (mark == '~' || !info.contains('`'));
        opens.then_some((Self { mark, marks, quotations, indent }, info.trim()))
    }

    fn inside<'a>(&self, line: &'a str) -> Inside<'a> {
        let mut rest = line;
        for _ in 0..self.quotations {
            let Some(quoted) = rest[spaces(rest)..].strip_prefix('>') else {
                return Inside::Outside;
            };
            rest = quoted.strip_prefix(' ').unwrap_or(quoted);
        }
        if rest.trim().is_empty() {
            return Inside::Code(rest.get(self.indent..).unwrap_or_default());
        }
        if spaces(rest) < self.indent {
            return Inside::Outside;
        }
        let rest = &rest[self.indent..];
        let text = &rest[spaces(rest)..];
        let after = text.trim_start_matches(self.mark);
        let closes = after.trim().is_empty() && text.len() - after.len() >= self.marks;
        if closes && spaces(rest) < 4 { Inside::End } else { Inside::Code(rest) }
    }
}

fn spaces(text: &str) -> usize {
    text.len() - text.trim_start_matches(' ').len()
}

/// The width of the list marker that a line begins with, the space after it included.
fn list_marker(text: &str) -> Option<usize> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let sign = text[digits..].chars().next()?;
    let fits = if digits == 0 { "-*+" } else { ".)" }.contains(sign);
    (fits && text[digits + 1..].starts_with(' ')).then_some(digits + 2)
}

/// The bytes of a line that are inline code.
pub fn inline_code(line: &str) -> Vec<Range<usize>> {
    let run = |at: usize| line[at..].len() - line[at..].trim_start_matches('`').len();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = line[at..].find(['`', '\\']) {
        at += next;
        let width = run(at);
        if width == 0 {
            // A backslash takes the next character's meaning away.
            at += 1 + line[at + 1..].chars().next().map_or(0, char::len_utf8);
            continue;
        }
        let mut end = at + width;
        while let Some(next) = line[end..].find('`') {
            end += next;
            let closing = run(end);
            end += closing;
            if closing == width {
                found.push(at..end);
                at = end - width;
                break;
            }
        }
        at += width;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn not_closed_at(text: &str) -> Vec<usize> {
        parse(text).mistakes.iter().map(|mistake| mistake.line).collect()
    }

    #[test]
    fn fences_know_their_language_and_line() {
        let found = parse("x\n\n```rust,std-only\nfn a() {}\n```\n\n~~~ rust\nb\n~~~\n").fences;
        assert_eq!(found[0].line, 3);
        assert_eq!(found[0].code, "fn a() {}\n");
        assert!(found[0].is_rust() && found[0].is_std_only());
        assert!(found[1].is_rust() && !found[1].is_std_only());
    }

    #[test]
    fn the_prose_is_what_stands_outside() {
        let text = "a \n````md\n```\nb\n```\n````\nc\n```no `fence\n";
        let prose: Vec<_> =
            parse(text).prose.into_iter().map(|it| (it.line, &text[it.place])).collect();
        assert_eq!(prose, [(1, "a"), (7, "c"), (8, "```no `fence")]);
    }

    #[test]
    fn fences_may_stand_in_lists_and_quotations() {
        let found = parse(
            "- a\n\n  ```text\n  b\n\n    c\n  ```\n> ~~~\n> d\n> ~~~\n1. ```\n   e\n   ```\n",
        );
        let code: Vec<_> = found.fences.iter().map(|fence| fence.code.as_str()).collect();
        assert_eq!(code, ["b\n\n  c\n", "d\n", "e\n"]);
        assert!(found.mistakes.is_empty());
    }

    #[test]
    fn a_fence_without_its_end_is_a_mistake() {
        assert_eq!(not_closed_at("a\n```text\nb\n"), [2]);
        assert_eq!(not_closed_at("- ```text\nb\n```\n"), [1]);
        assert_eq!(not_closed_at("> ```text\n> b\n\nc\n"), [1]);
        assert_eq!(not_closed_at("```text\nb\n    ```\n"), [1]);
    }

    #[test]
    fn inline_code_ends_with_as_many_marks_as_it_begins_with() {
        let found = |line: &'static str| -> Vec<&'static str> {
            inline_code(line).into_iter().map(|place| &line[place]).collect()
        };
        assert_eq!(found("a `b` c ``d ` e`` `f"), ["`b`", "``d ` e``"]);
        assert_eq!(found(r"\`a `b\` é \"), [r"`b\`"]);
    }
}
