//! What `verify` found out: a table, and problems that say what to do.

use std::fmt;

use serde::Serialize;

use crate::catalogue::manifest::Flaw;
use crate::terminal::paint::Paint;
use crate::terminal::report_text::{count, indented};

/// All that was found out.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// One row for each exercise.
    pub exercises: Vec<Row>,
    /// What does not hold.
    pub problems: Vec<Problem>,
    /// Wrong answers that no test tells apart. Not a problem: a learner is told all their names.
    pub alike: Vec<Alike>,
    /// Recordings that were written or deleted.
    pub blessed: Vec<String>,
    /// How many files were built and run.
    pub candidates: usize,
    /// How long it took, building included.
    pub seconds: f64,
}

/// An exercise in figures.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Its name.
    pub exercise: String,
    /// Its tests.
    pub tests: usize,
    /// Its other right answers.
    pub alternatives: usize,
    /// Its wrong answers that the page teaches.
    pub taught: usize,
    /// Its other wrong answers.
    pub refused: usize,
    /// Tests that no wrong answer fails.
    pub dead_tests: usize,
    /// Causes with which no wrong answer fails.
    pub dead_causes: usize,
    /// How often a candidate was run.
    pub runs: usize,
    /// How long these runs took, one after another.
    pub seconds: f64,
}

/// Wrong answers of an exercise that fail the same tests with the same explanations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alike {
    /// The exercise.
    pub exercise: String,
    /// The wrong answers, two at least.
    pub candidates: Vec<String>,
}

/// Something that does not hold.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Problem {
    /// The exercise, or the file where the problem is no exercise's.
    pub place: String,
    /// The candidate, where it is about one.
    pub candidate: Option<String>,
    /// The test, where it is about one.
    pub test: Option<String>,
    /// What should be.
    pub expected: String,
    /// What is.
    pub happened: String,
    /// What to do.
    pub remedy: String,
}

impl Problem {
    /// A problem of an exercise or a file.
    pub fn of(place: &str) -> Self {
        Self { place: place.to_owned(), ..Self::default() }
    }

    /// Names the candidate.
    #[must_use]
    pub fn candidate(self, name: &str) -> Self {
        Self { candidate: Some(name.to_owned()), ..self }
    }

    /// Names the test.
    #[must_use]
    pub fn test(self, name: &str) -> Self {
        Self { test: Some(name.to_owned()), ..self }
    }

    /// Says what should be, what is, and what to do.
    #[must_use]
    pub fn says(
        self,
        expected: impl Into<String>,
        happened: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { expected: expected.into(), happened: happened.into(), remedy: remedy.into(), ..self }
    }
}

impl From<Flaw> for Problem {
    fn from(flaw: Flaw) -> Self {
        let field = flaw.field.map_or_else(String::new, |field| format!("`{field}` "));
        Self::of(&flaw.file.display().to_string()).says(
            "manifest and files agree, and nothing is missing",
            format!("{field}{}", flaw.what),
            flaw.remedy,
        )
    }
}

/// A report as a terminal shows it: the table, the problems, and what it comes to.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The report.
    pub report: &'a Report,
    /// The colours.
    pub paint: Paint,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { report, paint } = self;
        table(&report.exercises, *paint, f)?;
        for problem in &report.problems {
            describe(problem, *paint, f)?;
        }
        for Alike { exercise, candidates } in &report.alike {
            let candidates = candidates.join(" and ");
            writeln!(f, "note: {exercise}: no test tells {candidates} apart")?;
        }
        for file in &report.blessed {
            writeln!(f, "recorded: {file}")?;
        }
        let candidates = count(report.candidates, "candidate");
        match report.problems.len() {
            0 => write!(f, "{}", paint.good("All holds."))?,
            some => write!(f, "{}", paint.bad(format!("{}.", count(some, "problem"))))?,
        }
        writeln!(f, " ({candidates}, {:.1} s)", report.seconds)
    }
}

fn table(rows: &[Row], paint: Paint, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let width = rows.iter().map(|row| row.exercise.len()).max().unwrap_or(0).max(8);
    let head = format!(
        "  {:width$}  tests  alternatives  taught  refused  dead tests  dead causes  runs  seconds",
        "exercise"
    );
    writeln!(f, "{}", paint.dim(head))?;
    for row in rows {
        writeln!(
            f,
            "  {:width$}  {:>5}  {:>12}  {:>6}  {:>7}  {:>10}  {:>11}  {:>4}  {:>7.1}",
            row.exercise,
            row.tests,
            row.alternatives,
            row.taught,
            row.refused,
            row.dead_tests,
            row.dead_causes,
            row.runs,
            row.seconds
        )?;
    }
    writeln!(f)
}

pub(super) fn describe(problem: &Problem, paint: Paint, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut place = vec![problem.place.as_str()];
    place.extend(problem.candidate.as_deref());
    place.extend(problem.test.as_deref());
    writeln!(f, "{} {}", paint.bad("✗"), paint.bold(place.join(" · ")))?;
    let parts = [
        ("expected", &problem.expected),
        ("happened", &problem.happened),
        ("to do", &problem.remedy),
    ];
    for (name, what) in parts {
        let mut lines = what.trim_end().lines();
        let first = lines.next().unwrap_or_default();
        writeln!(f, "  {} {first}", paint.dim(format!("{name:<9}")))?;
        let rest: Vec<&str> = lines.collect();
        f.write_str(&indented(&indented(&rest.join("\n"))))?;
    }
    writeln!(f)
}
