//! `exercise.toml`: its types and its rules.
//!
//! Every error names the file and the field, and says what to do.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde::Deserialize;

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
    /// Every file of `src/anti`: wrong answers.
    #[serde(default)]
    pub anti: IndexMap<String, AntiPattern>,
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
}

/// A wrong answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AntiPattern {
    /// Its heading on the page.
    pub title: String,
    /// What one would observe in production.
    pub symptom: String,
    /// Each test that it fails, with words that stand in the failure's text.
    pub fails: IndexMap<String, String>,
}

/// A trace that the page draws.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// The candidate.
    pub of: String,
    /// The test.
    pub test: String,
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
                "Every folder of exercises/ has an exercise.toml: write one, with the one of \
                 another exercise as an example.",
            )
        })?;
        let manifest: Self = toml::from_str(&text).map_err(|error| {
            let (what, remedy) = explain(&error);
            flaw(what, &remedy)
        })?;
        let flaws = manifest.flaws(shown);
        if flaws.is_empty() { Ok(manifest) } else { Err(flaws) }
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
            .chain(self.anti.keys().map(String::as_str))
    }

    /// What a candidate is called on the page, as Markdown.
    pub fn title_of<'a>(&'a self, candidate: &'a str) -> &'a str {
        match (candidate, self.alternatives.get(candidate), self.anti.get(candidate)) {
            (START, ..) => "The starting point",
            (REFERENCE, ..) => "The pattern",
            (_, Some(alternative), _) => &alternative.title,
            (_, None, Some(anti)) => &anti.title,
            (other, None, None) => other,
        }
    }

    /// What the types alone cannot say.
    fn flaws(&self, file: &Path) -> Vec<Flaw> {
        let mut found = Found { file, flaws: Vec::new() };
        found.texts("", &[("title", &self.title), ("goal", &self.goal), ("learnt", &self.learnt)]);
        if self.minutes == 0 {
            found.flaw("minutes", "is 0", "Say how long the exercise takes, 10 to 20 as a rule.");
        }
        if self.formerly.iter().any(|name| name.trim().is_empty()) {
            found.flaw("formerly", "holds an empty name", "Name the folder as it was called.");
        }
        if self.tests.is_empty() {
            found.flaw("tests", "is empty", "Give each test of the spec a table [tests.NAME].");
        }
        for (name, test) in &self.tests {
            if test.hints.len() < 2 || test.hints.iter().any(|hint| hint.trim().is_empty()) {
                found.flaw(
                    &format!("tests.{name}.hints"),
                    "needs at least two hints, none of them empty",
                    "Write a nudge first, then more.",
                );
            }
        }
        for (name, alternative) in &self.alternatives {
            let texts = [("title", &alternative.title), ("when", &alternative.when)];
            found.texts(&format!("alternatives.{name}."), &texts);
        }
        for (name, anti) in &self.anti {
            self.anti_flaws(name, anti, &mut found);
        }
        for (name, case) in &self.lints {
            found.texts(&format!("lints.{name}."), &[("title", &case.title)]);
        }
        for (index, figure) in self.figures.iter().enumerate() {
            if !self.candidate_names().any(|name| name == figure.of) {
                let near = nearest(&figure.of, self.candidate_names());
                found.flaw(
                    &format!("figures[{index}].of"),
                    &format!("no candidate is called `{}`", figure.of),
                    &format!("Correct the name.{near}"),
                );
            }
            self.test_exists(&format!("figures[{index}].test"), &figure.test, &mut found);
        }
        for name in self.alternatives.keys().chain(self.anti.keys()) {
            if name == START || name == REFERENCE {
                let what = "is a name that every exercise has already";
                found.flaw(name, what, "Choose another.");
            }
        }
        for (group, bench) in &self.bench {
            let field = format!("bench.{group}.series");
            if bench.series.is_empty() {
                found.flaw(&field, "is empty", "Name the criterion functions to show.");
            }
            if bench.series.values().any(|series| series.limit == Some(0)) {
                let what = "has a limit of 0, with which nothing would run";
                found.flaw(&field, what, "Leave it out, or say how many run at once.");
            }
        }
        found.flaws
    }

    fn anti_flaws(&self, name: &str, anti: &AntiPattern, found: &mut Found) {
        let texts = [("title", &anti.title), ("symptom", &anti.symptom)];
        found.texts(&format!("anti.{name}."), &texts);
        if anti.fails.is_empty() {
            found.flaw(
                &format!("anti.{name}.fails"),
                "names no test",
                "An anti-pattern that fails none is an alternative, or the spec lacks a test.",
            );
        }
        for (test, words) in &anti.fails {
            let field = format!("anti.{name}.fails.{test}");
            self.test_exists(&field, test, found);
            if words.trim().is_empty() {
                found.flaw(&field, "is empty", "Give words that the failure's text contains.");
            }
        }
        if self.alternatives.contains_key(name) {
            let what = "is the name of an alternative too";
            found.flaw(&format!("anti.{name}"), what, "Rename one of them.");
        }
    }

    fn test_exists(&self, field: &str, test: &str, found: &mut Found) {
        if !self.tests.contains_key(test) {
            let near = nearest(test, self.tests.keys().map(String::as_str));
            found.flaw(
                field,
                &format!("`{test}` is not among the [tests]"),
                &format!("List it there, or correct the name.{near}"),
            );
        }
    }
}

/// Collects what is wrong with one file.
struct Found<'a> {
    file: &'a Path,
    flaws: Vec<Flaw>,
}

impl Found<'_> {
    fn flaw(&mut self, field: &str, what: &str, remedy: &str) {
        self.flaws.push(Flaw {
            file: self.file.to_path_buf(),
            field: Some(field.to_owned()),
            what: what.to_owned(),
            remedy: remedy.to_owned(),
        });
    }

    /// None of the texts may be empty.
    fn texts(&mut self, prefix: &str, texts: &[(&str, &String)]) {
        for (field, text) in texts {
            if text.trim().is_empty() {
                self.flaw(&format!("{prefix}{field}"), "is empty", "Write it.");
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: &str = r#"
title = "Many"
goal = "Fetch."
minutes = 15
learnt = "Together."
[tests.b_first]
hints = ["a", "b"]
[tests.a_second]
hints = ["a", "b"]
[anti.in_sequence]
title = "Awaiting"
symptom = "slow"
fails.b_first = "one after another"
"#;

    fn flaws_of(text: &str) -> String {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("exercise.toml");
        fs::write(&path, text).expect("the file is written");
        match Manifest::read(&path, Path::new("exercises/x/exercise.toml")) {
            Ok(_) => String::new(),
            Err(flaws) => flaws.iter().map(Flaw::to_string).collect::<Vec<_>>().join("\n"),
        }
    }

    #[test]
    fn keeps_the_order_of_the_file() {
        let manifest: Manifest = toml::from_str(SOUND).expect("a sound manifest");
        assert_eq!(manifest.test_names(), ["b_first", "a_second"]);
        assert_eq!(flaws_of(SOUND), "");
    }

    #[test]
    fn names_file_line_and_remedy_of_a_misspelt_field() {
        let text = flaws_of(&SOUND.replace("minutes", "minuts"));
        assert!(text.starts_with("exercises/x/exercise.toml: "), "{text}");
        assert!(text.contains("line 4"), "{text}");
        assert!(text.contains("Did you mean `minutes`?"), "{text}");
    }

    #[test]
    fn says_which_field_is_missing() {
        let text = flaws_of(&SOUND.replace("symptom = \"slow\"", ""));
        assert!(text.contains("Add `symptom = …` to this table."), "{text}");
    }

    #[test]
    fn finds_tests_that_are_not_listed() {
        let text = flaws_of(&SOUND.replace("fails.b_first", "fails.b_frist"));
        assert!(text.contains("`anti.in_sequence.fails.b_frist`"), "{text}");
        assert!(text.contains("Did you mean `b_first`?"), "{text}");
    }

    #[test]
    fn asks_for_two_hints() {
        let text = flaws_of(&SOUND.replacen("[\"a\", \"b\"]", "[\"a\"]", 1));
        assert!(text.contains("`tests.b_first.hints`: needs at least two"), "{text}");
    }
}
