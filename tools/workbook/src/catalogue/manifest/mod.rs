//! `exercise.toml`: its types and its rules.
//!
//! Every error names the file and the field, and says what to do.
//!
//! - [`wrong_answer`]: what is said of an anti-pattern, taught or refused
//! - `rules`: what the types alone cannot say

mod rules;
pub mod wrong_answer;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde::Deserialize;

pub use wrong_answer::{Rank, WrongAnswer};

/// The name of a candidate that every exercise has: the reference solution.
pub const REFERENCE: &str = "reference";
/// The name of a candidate that every exercise has: the starting point.
pub const START: &str = "start";

/// What `exercise.toml` says. Tables keep the order in which the file has them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The title of the exercise and of its page.
    pub title: String,
    /// The task in one sentence.
    pub goal: String,
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// One sentence, shown when the exercise is solved.
    pub learnt: String,
    /// What the exercise was called before: progress and kept copies are found under these names.
    #[serde(default)]
    pub formerly: Vec<String>,
    /// Every test of the spec, in order of difficulty.
    pub tests: IndexMap<String, Test>,
    /// Every file of `src/alt`: other right answers.
    #[serde(default)]
    pub alternatives: IndexMap<String, Alternative>,
    /// Files of `src/anti` that the page teaches. See [`Manifest::wrong_answers`].
    #[serde(default)]
    anti: IndexMap<String, WrongAnswer>,
    /// The other files of `src/anti`.
    #[serde(default)]
    refused: IndexMap<String, WrongAnswer>,
    /// The traces that the page draws.
    #[serde(default)]
    pub figures: Vec<Figure>,
    /// Every file of `src/lints`: mistakes, and what is to be recorded of them is who reports them.
    #[serde(default)]
    pub lints: IndexMap<String, LintCase>,
    /// The figures of the benchmark, by criterion group; none where there is no benchmark.
    #[serde(default)]
    pub bench: IndexMap<String, BenchPlan>,
}

/// A test of the spec.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Test {
    /// Hints for somebody whose code fails this test, from a nudge to nearly the answer.
    pub hints: Vec<String>,
}

/// Another right answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alternative {
    /// Its heading on the page.
    pub title: String,
    /// When it is the better one.
    pub when: String,
    /// Why it cannot be spawned on a multi-thread runtime. Absent: it can, and that is tested.
    pub single_threaded: Option<String>,
}

/// A trace that the page draws.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// The candidate.
    pub of: String,
    /// The test.
    pub test: String,
    /// What its axis tells.
    #[serde(default)]
    pub axis: Axis,
    /// Lanes that are drawn as a line through all the others, where they end, as a deadline is, or
    /// the return of a call; and what the line says.
    #[serde(default)]
    pub lines: IndexMap<String, String>,
}

/// What the axis of a figure tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Axis {
    /// Milliseconds.
    #[default]
    Time,
    /// The order of events. Times of a machine's clock say nothing about another machine.
    Order,
}

/// A mistake of the table of lints.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LintCase {
    /// What it looks like, as Markdown.
    pub title: String,
}

/// What one recorded figure of the benchmark shows: one criterion group.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BenchPlan {
    /// The title of the figure.
    pub title: String,
    /// What the numbers along the axis count.
    pub x: String,
    /// The criterion functions, in the order of the legend.
    pub series: IndexMap<String, Series>,
    /// What the work would take if nothing but its latency counted.
    pub ideal: Option<Ideal>,
}

/// One line of the figure.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Series {
    /// Its name in the legend.
    pub label: String,
    /// How many run at once at the most; absent: all.
    pub limit: Option<u64>,
}

/// The latency from which the ideal follows: `ceil(x / limit) * latency`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ideal {
    /// The latency of one piece of work, in milliseconds.
    pub latency_ms: f64,
}

/// Something that is wrong with the catalogue, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The file.
    pub file: PathBuf,
    /// The field, where one can be named: `anti.in_sequence.fails`.
    pub field: Option<String>,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.file.display())?;
        if let Some(field) = &self.field {
            write!(f, "`{field}`: ")?;
        }
        write!(f, "{}. {}", self.what, self.remedy)
    }
}

impl Manifest {
    /// Reads and validates the file at `path`, which messages call `shown`.
    pub fn read(path: &Path, shown: &Path) -> Result<Self, Vec<Flaw>> {
        let flaw = |what, remedy: &str| {
            let (file, remedy) = (shown.to_path_buf(), remedy.to_owned());
            vec![Flaw { file, field: None, what, remedy }]
        };
        let text = fs::read_to_string(path).map_err(|error| {
            flaw(
                format!("cannot be read ({error})"),
                "If it is lost, `cargo workbook reset` with the exercise's name brings it back, or \
                 says what does. For a new exercise, write one, with that of another exercise as an \
                 example.",
            )
        })?;
        let mut manifest: Self = toml::from_str(&text).map_err(|error| {
            let (what, remedy) = explain(&error);
            flaw(what, &remedy)
        })?;
        let Self { anti, refused, .. } = &mut manifest;
        for (rank, table) in [(Rank::Taught, anti), (Rank::Refused, refused)] {
            for (name, wrong) in table {
                (wrong.name, wrong.rank) = (name.clone(), rank);
            }
        }
        let flaws = rules::flaws(&manifest, shown);
        if flaws.is_empty() { Ok(manifest) } else { Err(flaws) }
    }

    /// Every file of `src/anti`: the taught ones, then the refused ones.
    pub fn wrong_answers(&self) -> impl Iterator<Item = &WrongAnswer> {
        self.anti.values().chain(self.refused.values())
    }

    /// The wrong answers that the page teaches.
    pub fn taught(&self) -> impl Iterator<Item = &WrongAnswer> {
        self.wrong_answers().filter(|wrong| wrong.rank == Rank::Taught)
    }

    /// The wrong answer of that name.
    pub fn wrong_answer(&self, name: &str) -> Option<&WrongAnswer> {
        self.wrong_answers().find(|wrong| wrong.name == name)
    }

    /// The names of the tests, in order of difficulty.
    pub fn test_names(&self) -> Vec<String> {
        self.tests.keys().cloned().collect()
    }

    /// The names of all candidates: start, reference, alternatives, anti-patterns.
    pub fn candidate_names(&self) -> impl Iterator<Item = &str> {
        [START, REFERENCE]
            .into_iter()
            .chain(self.alternatives.keys().map(String::as_str))
            .chain(self.wrong_answers().map(|wrong| wrong.name.as_str()))
    }

    /// What a candidate is called on the page, as Markdown.
    pub fn title_of<'a>(&'a self, candidate: &'a str) -> &'a str {
        match (candidate, self.alternatives.get(candidate), self.wrong_answer(candidate)) {
            (START, ..) => "The starting point",
            (REFERENCE, ..) => "The pattern",
            (_, Some(alternative), _) => &alternative.title,
            (_, None, Some(wrong)) => &wrong.title,
            (other, None, None) => other,
        }
    }
}

/// Says which of `known` may have been meant: ` Did you mean …?`, or nothing.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    known
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map_or_else(String::new, |(_, candidate)| format!(" Did you mean `{candidate}`?"))
}

/// The parser's error, which shows the line, and what to do: with a suggestion where a field is
/// misspelt.
fn explain(error: &toml::de::Error) -> (String, String) {
    let message = error.message();
    let mut quoted = message.split('`').skip(1).step_by(2);
    let remedy = if message.starts_with("unknown field") {
        let unknown = quoted.next().unwrap_or_default();
        format!("Correct or remove the field.{}", nearest(unknown, quoted))
    } else if message.starts_with("missing field") {
        format!("Add `{} = …` to this table.", quoted.next().unwrap_or_default())
    } else {
        "Correct the line.".to_owned()
    };
    (error.to_string().trim_end().to_owned(), remedy)
}
