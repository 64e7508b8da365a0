//! What was found, told as it is found, and what is wrong with it, told once more at the end.

use std::fmt::Display;

use crate::commands::verdict::Verdict;
use crate::terminal::paint::Paint;

/// Something that stands in the way, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub what: String,
    /// How it is mended.
    pub remedy: String,
}

impl Problem {
    /// A problem of these words.
    pub fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what: what.into(), remedy: remedy.into() }
    }
}

/// All that was found.
#[derive(Debug)]
pub struct Findings {
    paint: Paint,
    problems: Vec<Problem>,
    again: &'static str,
    ready: String,
}

impl Findings {
    /// Nothing yet. `again`: the command that goes on, once all is mended.
    pub fn new(paint: Paint, again: &'static str) -> Self {
        Self { paint, problems: Vec::new(), again, ready: String::new() }
    }

    /// Says what is done next: some of it takes minutes.
    pub fn step(&self, what: &str) {
        println!("{}", self.paint.dim(format_args!("  {what}")));
    }

    /// Says something that is neither good nor bad, and may surprise.
    pub fn note(&self, what: &str) {
        println!("  {what}");
    }

    /// Takes in what a check says. Whether it is as it should be.
    pub fn add(&mut self, found: Result<String, Problem>) -> bool {
        match found {
            Ok(said) => {
                println!("{} {said}", self.paint.good("✓"));
                true
            }
            Err(problem) => {
                println!("{} {}", self.paint.bad("✗"), first_line(&problem.what));
                self.problems.push(problem);
                false
            }
        }
    }

    /// Whether nothing has been wrong so far.
    pub fn all_is_well(&self) -> bool {
        self.problems.is_empty()
    }

    /// What to say at the end, if nothing is wrong.
    pub fn ready(&mut self, what: impl Display) {
        self.ready = what.to_string();
    }

    /// Says what it all comes to.
    pub fn report(&self) -> Verdict {
        if self.problems.is_empty() {
            println!("\n{} {}", self.paint.good("Ready:"), self.ready);
            return Verdict::Accepted;
        }
        println!("\n{}", self.paint.bad(headline(self.problems.len())));
        for (index, Problem { what, remedy }) in self.problems.iter().enumerate() {
            println!("\n{}. {}\n   {}", index + 1, indented(what), indented(remedy));
        }
        println!("\nThen run `{}` again: it goes on where it was.", self.again);
        Verdict::Rejected
    }
}

fn headline(count: usize) -> String {
    match count {
        1 => "Not ready. One thing is wrong:".to_owned(),
        _ => format!("Not ready. {count} things are wrong:"),
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// Below a number with its full stop.
fn indented(text: &str) -> String {
    text.trim_end().replace('\n', "\n   ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_problems_are_all_told_and_end_it_with_one() {
        let mut findings = Findings::new(Paint::plain(), "cargo workbook prepare");
        assert!(findings.add(Ok("fine".to_owned())));
        assert_eq!(findings.report(), Verdict::Accepted);
        assert!(!findings.add(Err(Problem::new("one", "mend it"))));
        assert!(!findings.add(Err(Problem::new("two\nlines", "mend it"))));
        assert!(!findings.all_is_well());
        assert_eq!(findings.report(), Verdict::Rejected);
        assert_eq!(headline(2), "Not ready. 2 things are wrong:");
        assert_eq!(indented("two\nlines\n"), "two\n   lines");
    }
}
