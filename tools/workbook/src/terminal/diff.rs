//! Two versions of some code, line by line: what only one of them has is marked.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::paint::Paint;
use super::text::{ascii, padded, plain, reflow};

/// On a terminal that is as wide as this, the two stand side by side.
pub const WIDE: usize = 120;

/// Some lines, one below the other, that both versions have or that they do not share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Both have this line.
    Same(String),
    /// One has these lines where the other has those.
    Differs {
        /// The learner's lines.
        own: Vec<String>,
        /// The reference's lines.
        reference: Vec<String>,
    },
}

/// How a comparison is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Drawing {
    /// The room for it.
    pub columns: usize,
    /// Whether the two stand side by side, or one below the other.
    pub side_by_side: bool,
    /// Its colours.
    pub paint: Paint,
    /// Whether only ASCII characters can be trusted to show.
    pub ascii: bool,
}

/// A comparison, drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    /// Its lines.
    pub lines: Vec<String>,
    /// The first of them that shows a difference, if there is one.
    pub first: Option<usize>,
}

/// Compares the learner's file with the reference, both without the comments at their heads that
/// say what they are about.
pub fn compare(own: &str, reference: &str) -> Vec<Piece> {
    let (own, reference) = (code(own), code(reference));
    let mut pieces = Vec::new();
    let texts = |lines: &[&str]| lines.iter().map(|&line| line.to_owned()).collect();
    for op in capture_diff_slices(Algorithm::Patience, &own, &reference) {
        if let DiffOp::Equal { old_index, len, .. } = op {
            let same = own[old_index..old_index + len].iter();
            pieces.extend(same.map(|&line| Piece::Same(line.to_owned())));
        } else {
            pieces.push(Piece::Differs {
                own: texts(&own[op.old_range()]),
                reference: texts(&reference[op.new_range()]),
            });
        }
    }
    pieces
}

/// The place of the reference's first line of code that the learner's file does not have there. Where
/// there is none, that of its first line after the comment at its head.
pub fn first_difference(own: &str, reference: &str) -> usize {
    let head = reference.lines().count() - code(reference).len();
    let is_code = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
    let mut at = head;
    for piece in compare(own, reference) {
        match piece {
            Piece::Same(_) => at += 1,
            Piece::Differs { own, reference } => {
                if let Some(place) = reference.iter().position(|line| is_code(line)) {
                    return at + place;
                }
                if own.iter().any(|line| is_code(line)) {
                    return at;
                }
                at += reference.len();
            }
        }
    }
    head
}

/// The lines after the comment at the head of a file.
fn code(text: &str) -> Vec<&str> {
    let head = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with("//!");
    text.lines().skip_while(head).collect()
}

impl Drawing {
    /// Draws a comparison.
    pub fn draw(self, pieces: &[Piece]) -> Drawn {
        if self.side_by_side { self.two_columns(pieces) } else { self.one_column(pieces) }
    }

    fn one_column(self, pieces: &[Piece]) -> Drawn {
        let mut drawn = Drawn::default();
        let paint = self.paint;
        drawn.lines.push(paint.bad("- yours").to_string());
        drawn.lines.push(paint.good("+ the reference").to_string());
        drawn.lines.push(String::new());
        for piece in pieces {
            match piece {
                Piece::Same(line) => drawn.lines.extend(self.folded(' ', line, self.columns)),
                Piece::Differs { own, reference } => {
                    drawn.first.get_or_insert(drawn.lines.len());
                    let lines = |sign, lines: &[String]| -> Vec<String> {
                        lines.iter().flat_map(|it| self.folded(sign, it, self.columns)).collect()
                    };
                    let bad = lines('-', own).into_iter().map(|it| paint.bad(it).to_string());
                    drawn.lines.extend(bad);
                    let good = lines('+', reference).into_iter();
                    drawn.lines.extend(good.map(|it| paint.good(it).to_string()));
                }
            }
        }
        drawn
    }

    fn two_columns(self, pieces: &[Piece]) -> Drawn {
        let paint = self.paint;
        let half = (self.columns - 2) / 2;
        let mut drawn = Drawn::default();
        let row = |left: &str, right: &str| {
            format!("{}  {right}", padded(left, half, self.ascii)).trim_end().to_owned()
        };
        let title = |title: &str| paint.bold(title).to_string();
        drawn.lines.push(row(&title("Yours (-)"), &title("The reference (+)")));
        drawn.lines.push(String::new());
        for piece in pieces {
            match piece {
                Piece::Same(line) => {
                    let lines = self.folded(' ', line, half);
                    drawn.lines.extend(lines.iter().map(|line| row(line, line)));
                }
                Piece::Differs { own, reference } => {
                    drawn.first.get_or_insert(drawn.lines.len());
                    let lines = |sign, lines: &[String]| -> Vec<String> {
                        lines.iter().flat_map(|line| self.folded(sign, line, half)).collect()
                    };
                    let (left, right) = (lines('-', own), lines('+', reference));
                    for place in 0..left.len().max(right.len()) {
                        let left = left.get(place).map(|it| paint.bad(it).to_string());
                        let right = right.get(place).map(|it| paint.good(it).to_string());
                        let of = |side: Option<String>| side.unwrap_or_default();
                        drawn.lines.push(row(&of(left), &of(right)));
                    }
                }
            }
        }
        drawn
    }

    /// A line behind its sign, in as many lines as it needs.
    fn folded(self, sign: char, line: &str, columns: usize) -> Vec<String> {
        let line = plain(line);
        let line = if self.ascii { ascii(&line) } else { line };
        let lines = reflow(&line, columns.saturating_sub(1));
        // An empty line is none when it is wrapped.
        let lines = if lines.is_empty() { vec![String::new()] } else { lines };
        lines.iter().map(|line| format!("{sign}{line}").trim_end().to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "//! The task.\n//!\n//! - This.\n\nuse a::b;\n\nfn it() {\n    todo!()\n}\n";
    const REFERENCE: &str =
        "//! The reference.\n\nuse a::b;\n\n// How.\nfn it() {\n    b();\n    b()\n}\n";

    fn drawing(columns: usize) -> Drawing {
        Drawing { columns, side_by_side: columns >= WIDE, paint: Paint::plain(), ascii: true }
    }

    #[test]
    fn the_comment_at_the_head_is_not_compared() {
        let drawn = drawing(80).draw(&compare(OWN, REFERENCE));
        let wanted = [
            "- yours",
            "+ the reference",
            "",
            " use a::b;",
            "",
            "+// How.",
            " fn it() {",
            "-    todo!()",
            "+    b();",
            "+    b()",
            " }",
        ];
        assert_eq!(drawn.lines, wanted);
        assert_eq!(drawn.first, Some(5));
    }

    #[test]
    fn on_a_wide_screen_they_stand_side_by_side() {
        let drawn = drawing(120).draw(&compare(OWN, REFERENCE));
        let row = |left: &str, right: &str| format!("{left:59}  {right}").trim_end().to_owned();
        let wanted = [
            row("Yours (-)", "The reference (+)"),
            String::new(),
            row(" use a::b;", " use a::b;"),
            String::new(),
            row("", "+// How."),
            row(" fn it() {", " fn it() {"),
            row("-    todo!()", "+    b();"),
            row("", "+    b()"),
            row(" }", " }"),
        ];
        assert_eq!(drawn.lines, wanted);
        assert_eq!(drawn.first, Some(4));
    }

    #[test]
    fn a_line_that_is_too_long_is_wrapped_between_words() {
        let drawn =
            drawing(20).draw(&compare("", "    // one two three four\n\n    one::two::three()"));
        let wanted = ["+    // one two", "+    three four", "+", "+    one::two::three", "+    ()"];
        assert_eq!(drawn.lines[3..], wanted);
    }

    #[test]
    fn line_endings_make_no_difference() {
        let pieces = compare(&REFERENCE.replace('\n', "\r\n"), REFERENCE);
        assert!(pieces.iter().all(|piece| matches!(piece, Piece::Same(_))), "{pieces:?}");
        assert_eq!(drawing(80).draw(&pieces).first, None);
    }

    #[test]
    fn the_first_line_of_code_that_differs_is_no_comment() {
        let line = |own| REFERENCE.lines().nth(first_difference(own, REFERENCE));
        assert_eq!(line(OWN), Some("    b();"));
        assert_eq!(line(""), Some("use a::b;"));
        assert_eq!(line(REFERENCE), Some("use a::b;"));
        let with_more = REFERENCE.replace("fn it() {\n", "fn it() {\n    a();\n");
        assert_eq!(line(&with_more), Some("    b();"));
        let with_comment = REFERENCE.replace("// How.", "// Why.");
        assert_eq!(line(&with_comment), Some("use a::b;"));
    }
}
