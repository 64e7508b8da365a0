//! What the types of a manifest alone cannot say.

use std::collections::BTreeSet;
use std::path::Path;

use super::{Alternative, BenchPlan, Flaw, Manifest, REFERENCE, START, WrongAnswer, nearest};

/// The most anti-patterns that a page teaches.
const MOST_TAUGHT: usize = 8;

/// All that is wrong with the manifest in `file`.
pub(super) fn flaws(manifest: &Manifest, file: &Path) -> Vec<Flaw> {
    let mut found = Found { file, flaws: Vec::new() };
    let texts =
        [("title", &manifest.title), ("goal", &manifest.goal), ("learnt", &manifest.learnt)];
    found.texts("", &texts);
    if manifest.minutes == 0 {
        found.flaw("minutes", "is 0", "Say how long the exercise takes, 10 to 20 as a rule.");
    }
    if manifest.formerly.iter().any(|name| name.trim().is_empty()) {
        found.flaw("formerly", "holds an empty name", "Name the folder as it was called.");
    }
    tests(manifest, &mut found);
    for (name, alternative) in &manifest.alternatives {
        self::alternative(name, alternative, &mut found);
    }
    ranks(manifest, &mut found);
    for wrong in manifest.wrong_answers() {
        wrong_answer(manifest, wrong, &mut found);
    }
    for (name, case) in &manifest.lints {
        found.texts(&format!("lints.{name}."), &[("title", &case.title)]);
    }
    figures(manifest, &mut found);
    for (group, plan) in &manifest.bench {
        bench(group, plan, &mut found);
    }
    found.flaws
}

fn tests(manifest: &Manifest, found: &mut Found) {
    if manifest.tests.is_empty() {
        found.flaw("tests", "is empty", "Give each test of the spec a table [tests.NAME].");
    }
    for (name, test) in &manifest.tests {
        if test.hints.len() < 2 || test.hints.iter().any(|hint| hint.trim().is_empty()) {
            found.flaw(
                &format!("tests.{name}.hints"),
                "needs at least two hints, none of them empty",
                "Write a nudge first, then more.",
            );
        }
    }
}

fn alternative(name: &str, alternative: &Alternative, found: &mut Found) {
    let prefix = format!("alternatives.{name}.");
    found.texts(&prefix, &[("title", &alternative.title), ("when", &alternative.when)]);
    if let Some(why) = &alternative.single_threaded {
        found.texts(&prefix, &[("single_threaded", why)]);
    }
    not_taken(&format!("alternatives.{name}"), name, found);
}

/// No name in two tables, and no more than a page can teach.
fn ranks(manifest: &Manifest, found: &mut Found) {
    let taught = manifest.taught().count();
    if taught > MOST_TAUGHT {
        found.flaw(
            "anti",
            &format!("has {taught} anti-patterns, and a page teaches at most {MOST_TAUGHT}"),
            "Keep those that people really write, and move the others to tables [refused.NAME].",
        );
    }
    for name in manifest.refused.keys().filter(|name| manifest.anti.contains_key(*name)) {
        found.flaw(
            &format!("refused.{name}"),
            "is the name of an anti-pattern too",
            "Each file is in one of the two tables: take it out of the other.",
        );
    }
}

fn wrong_answer(manifest: &Manifest, wrong: &WrongAnswer, found: &mut Found) {
    let WrongAnswer { name, title, symptom, guilty, fails, fails_for, .. } = wrong;
    let table = wrong.table();
    found.texts(&format!("{table}."), &[("title", title), ("symptom", symptom)]);
    if let Some(guilty) = guilty {
        found.texts(&format!("{table}."), &[("guilty", guilty)]);
    }
    not_taken(&table, name, found);
    if manifest.alternatives.contains_key(name) {
        found.flaw(&table, "is the name of an alternative too", "Rename one of them.");
    }
    if fails.is_empty() && fails_for.is_empty() {
        found.flaw(
            &format!("{table}.fails"),
            "names no test",
            "A wrong answer that fails none is an alternative, or the spec lacks a test.",
        );
    }
    let mut seen = BTreeSet::new();
    listed(manifest, &format!("{table}.fails"), fails, &mut seen, found);
    for (cause, tests) in fails_for {
        let field = format!("{table}.fails_for.{cause}");
        if cause == name {
            let remedy = format!("List these tests under `{table}.fails`.");
            found.flaw(&field, "is the cause of its own name", &remedy);
        }
        if tests.is_empty() {
            found.flaw(&field, "names no test", "List the tests that fail so, or take it out.");
        }
        listed(manifest, &field, tests, &mut seen, found);
    }
}

/// Every test is known, and none is listed twice.
fn listed<'a>(
    manifest: &Manifest,
    field: &str,
    tests: &'a [String],
    seen: &mut BTreeSet<&'a str>,
    found: &mut Found,
) {
    for test in tests {
        test_exists(manifest, field, test, found);
        if !seen.insert(test) {
            found.flaw(
                field,
                &format!("lists `{test}`, which is listed before"),
                "A test fails for one cause: list it once.",
            );
        }
    }
}

fn not_taken(field: &str, name: &str, found: &mut Found) {
    if name == START || name == REFERENCE {
        found.flaw(field, "has a name that every exercise has already", "Choose another.");
    }
}

fn figures(manifest: &Manifest, found: &mut Found) {
    for (index, figure) in manifest.figures.iter().enumerate() {
        if !manifest.candidate_names().any(|name| name == figure.of) {
            let near = nearest(&figure.of, manifest.candidate_names());
            found.flaw(
                &format!("figures[{index}].of"),
                &format!("no candidate is called `{}`", figure.of),
                &format!("Correct the name.{near}"),
            );
        }
        test_exists(manifest, &format!("figures[{index}].test"), &figure.test, found);
        for (lane, words) in &figure.lines {
            found.texts(&format!("figures[{index}].lines."), &[(lane.as_str(), words)]);
        }
    }
}

fn bench(group: &str, plan: &BenchPlan, found: &mut Found) {
    let field = format!("bench.{group}.series");
    if plan.series.is_empty() {
        found.flaw(&field, "is empty", "Name the criterion functions to show.");
    }
    if plan.series.values().any(|series| series.limit == Some(0)) {
        let what = "has a limit of 0, with which nothing would run";
        found.flaw(&field, what, "Leave it out, or say how many run at once.");
    }
}

fn test_exists(manifest: &Manifest, field: &str, test: &str, found: &mut Found) {
    if !manifest.tests.contains_key(test) {
        let near = nearest(test, manifest.tests.keys().map(String::as_str));
        found.flaw(
            field,
            &format!("`{test}` is not among the [tests]"),
            &format!("List it there, or correct the name.{near}"),
        );
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

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::fs;

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
[alternatives.other]
title = "Other"
when = "always"
[anti.in_sequence]
title = "Awaiting"
symptom = "slow"
fails = ["b_first"]
[refused.outer_ok]
title = "Unread"
symptom = "lost"
fails_for.panicked = ["a_second"]
"#;

    fn read(text: &str) -> Result<Manifest, Vec<Flaw>> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("exercise.toml");
        fs::write(&path, text).expect("the file is written");
        Manifest::read(&path, Path::new("exercises/x/exercise.toml"))
    }

    fn flaws_of(text: &str) -> String {
        match read(text) {
            Ok(_) => String::new(),
            Err(flaws) => flaws.iter().map(Flaw::to_string).collect::<Vec<_>>().join("\n"),
        }
    }

    /// What is said when `from` is replaced by `to`: one flaw, of this field, with these words.
    #[track_caller]
    fn only(from: &str, to: &str, field: &str, words: &str) {
        assert!(SOUND.contains(from), "{from}");
        let text = flaws_of(&SOUND.replacen(from, to, 1));
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.starts_with(&format!("exercises/x/exercise.toml: `{field}`: ")), "{text}");
        assert!(text.contains(words), "{text}");
    }

    #[test]
    fn keeps_the_order_of_the_file() {
        let manifest = read(SOUND).expect("a sound manifest");
        assert_eq!(manifest.test_names(), ["b_first", "a_second"]);
        let names: Vec<&str> = manifest.candidate_names().collect();
        assert_eq!(names, ["start", "reference", "other", "in_sequence", "outer_ok"]);
    }

    #[test]
    fn both_ranks_are_read_as_one_list() {
        let manifest = read(SOUND).expect("a sound manifest");
        let listed: Vec<_> = manifest
            .wrong_answers()
            .flat_map(|wrong| {
                let table = wrong.table();
                wrong.failures().map(move |(test, cause)| format!("{table} {test} {cause}"))
            })
            .collect();
        let wanted = ["anti.in_sequence b_first in_sequence", "refused.outer_ok a_second panicked"];
        assert_eq!(listed, wanted);
        assert_eq!(manifest.title_of("outer_ok"), "Unread");
        assert_eq!(manifest.taught().count(), 1);
        let wrong = manifest.wrong_answer("outer_ok").expect("it is there");
        assert_eq!(wrong.cause_of("a_second"), Some("panicked"));
        assert_eq!(wrong.cause_of("b_first"), None);
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
        only("[\"b_first\"]", "[\"b_frist\"]", "anti.in_sequence.fails", "you mean `b_first`?");
        only(
            "[\"a_second\"]",
            "[\"second\"]",
            "refused.outer_ok.fails_for.panicked",
            "`second` is not among the [tests]",
        );
    }

    #[test]
    fn a_test_fails_for_one_cause() {
        let (from, again) = ("fails_for.panicked = [\"a_second\"]", "listed before");
        let twice = "fails = [\"a_second\", \"a_second\"]";
        only(from, twice, "refused.outer_ok.fails", again);
        let other = format!("fails = [\"a_second\"]\n{from}");
        only(from, &other, "refused.outer_ok.fails_for.panicked", again);
    }

    #[test]
    fn a_wrong_answer_fails_something() {
        only("fails = [\"b_first\"]", "", "anti.in_sequence.fails", "names no test");
        let nothing = "fails_for.panicked = []";
        let field = "anti.in_sequence.fails_for.panicked";
        only("fails = [\"b_first\"]", nothing, field, "names no test");
    }

    #[test]
    fn the_cause_of_its_own_name_is_under_fails() {
        only(
            "fails = [\"b_first\"]",
            "fails_for.in_sequence = [\"b_first\"]",
            "anti.in_sequence.fails_for.in_sequence",
            "List these tests under `anti.in_sequence.fails`.",
        );
    }

    #[test]
    fn a_name_is_in_one_table() {
        only("refused.outer_ok", "refused.in_sequence", "refused.in_sequence", "in one of the two");
        only("anti.in_sequence", "anti.other", "anti.other", "the name of an alternative too");
        only("refused.outer_ok", "refused.start", "refused.start", "every exercise has already");
    }

    #[test]
    fn a_page_teaches_at_most_eight() {
        let mut text = SOUND.to_owned();
        for number in 2..=9 {
            if number == 9 {
                assert_eq!(flaws_of(&text), "", "eight are as many as there may be");
            }
            // Writing to a String cannot fail.
            _ = writeln!(
                text,
                "[anti.wrong_{number}]\ntitle = \"A\"\nsymptom = \"b\"\nfails = [\"b_first\"]"
            );
        }
        let said = flaws_of(&text);
        assert!(said.contains("`anti`: has 9 anti-patterns, and a page teaches at most 8"));
        assert!(said.contains("[refused.NAME]"), "{said}");
    }

    #[test]
    fn no_text_is_empty() {
        only("\"Unread\"", "\" \"", "refused.outer_ok.title", "is empty");
        let guilty = "symptom = \"slow\"\nguilty = \"\"";
        only("symptom = \"slow\"", guilty, "anti.in_sequence.guilty", "is empty");
        let single = "when = \"always\"\nsingle_threaded = \"\"";
        only("when = \"always\"", single, "alternatives.other.single_threaded", "is empty");
    }

    #[test]
    fn a_figure_has_an_axis_of_times_or_of_events_and_lines_that_say_something() {
        let figure = "\n[[figures]]\nof = \"other\"\ntest = \"b_first\"\n";
        let sound = read(&format!("{SOUND}{figure}axis = \"order\"\n")).expect("a sound manifest");
        assert_eq!(sound.figures[0].axis, crate::catalogue::manifest::Axis::Order);
        let axis = flaws_of(&format!("{SOUND}{figure}axis = \"events\"\n"));
        assert!(axis.contains("`time` or `order`"), "{axis}");
        let lines = flaws_of(&format!("{SOUND}{figure}lines.limit = \"\"\n"));
        assert!(lines.contains("`figures[0].lines.limit`: is empty"), "{lines}");
    }

    #[test]
    fn asks_for_two_hints() {
        only("[\"a\", \"b\"]", "[\"a\"]", "tests.b_first.hints", "needs at least two");
    }
}
