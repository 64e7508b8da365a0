//! Which recorded wrong answers fail exactly as an answer does.
//!
//! A failure's text is the same on every machine, and `verify` compares it with its recording. So
//! where all failures of an answer equal all those of a recorded wrong answer, the tests cannot
//! tell the two apart, and the learner is told its name. Equality of some failures would be a
//! guess: nothing is said then.

use std::{collections::BTreeMap, fs, path::Path};

use serde::Serialize;
use timeline::outcome::ReadOn;

use super::judge::{Judgement, TestOutcome, UNWRITTEN};
use crate::catalogue::{
    Exercise,
    manifest::{Rank, WrongAnswer},
    recording_paths,
};

/// What is written in place of the answer's file and the line in it.
const PLACE: &str = "ANSWER";

/// Everything that the tests say of a wrong answer: each test that it fails, with the cause and the
/// explanation. No other test fails.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Signature(BTreeMap<String, Failed>);

/// One failing test.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Failed {
    cause: String,
    text: String,
}

/// A recorded wrong answer that fails exactly as another answer does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lookalike {
    /// The name of its table in `exercise.toml`.
    pub name: String,
    /// Its title, as Markdown.
    pub title: String,
    /// The section on it. `None`: the page lists it in the table of the refused answers.
    pub read_on: Option<ReadOn>,
}

/// The recorded wrong answers that fail exactly as `judgement` says of the file `answer`: the same
/// tests and no others, each with the same cause and the same explanation. None where a part of the
/// answer is not written yet, or where the tests are not those of `exercise.toml`.
pub fn lookalikes(exercise: &Exercise, judgement: &Judgement, answer: &Path) -> Vec<Lookalike> {
    let Some(signature) = Signature::judged(exercise, judgement, answer) else { return Vec::new() };
    let wrong = exercise.manifest.wrong_answers();
    // Only few are listed for these tests and causes: the recordings of the others are not read.
    wrong
        .filter(|wrong| signature.is_listed_for(wrong))
        .filter(|wrong| Signature::recorded(exercise, wrong).as_ref() == Some(&signature))
        .map(|wrong| Lookalike::of(exercise, wrong))
        .collect()
}

/// The recorded wrong answers that nothing tells apart: groups of names, in the order of the
/// manifest.
pub fn indistinguishable(exercise: &Exercise) -> Vec<Vec<String>> {
    let mut groups: Vec<(Signature, Vec<String>)> = Vec::new();
    for wrong in exercise.manifest.wrong_answers() {
        let Some(signature) = Signature::recorded(exercise, wrong) else { continue };
        match groups.iter_mut().find(|(other, _)| *other == signature) {
            Some((_, names)) => names.push(wrong.name.clone()),
            None => groups.push((signature, vec![wrong.name.clone()])),
        }
    }
    groups.into_iter().map(|(_, names)| names).filter(|names| names.len() > 1).collect()
}

impl Signature {
    /// What the tests say of the file `answer`. `None` where that is not everything.
    fn judged(exercise: &Exercise, judgement: &Judgement, answer: &Path) -> Option<Self> {
        let listed = &exercise.manifest.tests;
        let all_ran = judgement.tests.len() == listed.len()
            && listed.keys().all(|test| judgement.of(test).is_some());
        if !all_ran {
            return None;
        }
        let mut failing = BTreeMap::new();
        for judged in &judgement.tests {
            let cause = judged.outcome.cause();
            match judged.outcome {
                TestOutcome::Passed => continue,
                _ if cause == UNWRITTEN => return None,
                _ => {}
            }
            let text = without_places(&judged.outcome.text(), answer);
            failing.insert(judged.test.clone(), Failed { cause: cause.to_owned(), text });
        }
        (!failing.is_empty()).then_some(Self(failing))
    }

    /// What `verify` has recorded of a wrong answer. `None` where a recording is missing.
    fn recorded(exercise: &Exercise, wrong: &WrongAnswer) -> Option<Self> {
        let answer = exercise.solution().join("src/anti").join(format!("{}.rs", wrong.name));
        let failing = wrong.failures().map(|(test, cause)| {
            let name = recording_paths::transcript_name(&wrong.name, test);
            let text = fs::read_to_string(exercise.recorded().join(name)).ok()?;
            let text = without_places(&text, &answer);
            Some((test.to_owned(), Failed { cause: cause.to_owned(), text }))
        });
        failing.collect::<Option<_>>().map(Self)
    }

    /// Whether `exercise.toml` lists the wrong answer for the same tests and causes.
    fn is_listed_for(&self, wrong: &WrongAnswer) -> bool {
        self.0.len() == wrong.failures().count()
            && self.0.iter().all(|(test, failed)| wrong.cause_of(test) == Some(&failed.cause))
    }
}

impl Lookalike {
    fn of(exercise: &Exercise, wrong: &WrongAnswer) -> Self {
        let section = || ReadOn { page: exercise.name.clone(), section: wrong.title.clone() };
        Self {
            name: wrong.name.clone(),
            title: wrong.title.clone(),
            read_on: (wrong.rank == Rank::Taught).then(section),
        }
    }
}

/// An explanation without the places where the file `answer` panicked: another file has other
/// names and lines. Where a line is broken depends on them too, so that a paragraph with such a
/// place is on one line here. Everything else is as it was: in a drawing, blanks matter.
fn without_places(text: &str, answer: &Path) -> String {
    let answer = answer.to_string_lossy().replace('\\', "/");
    let text = text.replace("\r\n", "\n");
    let paragraphs = text.trim_end().split("\n\n").map(|paragraph| {
        let words: Vec<&str> = paragraph.split_whitespace().collect();
        replace_places(&words.join(" "), &answer).unwrap_or_else(|| paragraph.to_owned())
    });
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

/// Replaces each `FILE:LINE` where FILE is how the path `answer` ends. `None` where there is none.
fn replace_places(line: &str, answer: &str) -> Option<String> {
    let file = answer.rsplit('/').next().unwrap_or(answer);
    let colon = format!("{file}:");
    let mut replaced = String::new();
    let mut found = false;
    let mut rest = line;
    while let Some(at) = rest.find(&colon) {
        let (before, after) = rest.split_at(at + colon.len());
        let path = before.strip_suffix(':').unwrap_or(before);
        let number = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if let Some(length) = common_end(path, answer).filter(|_| number > 0) {
            replaced.push_str(&path[..path.len() - length]);
            replaced.push_str(PLACE);
            found = true;
            rest = &after[number..];
        } else {
            replaced.push_str(before);
            rest = after;
        }
    }
    found.then(|| replaced + rest)
}

/// How long the path is that `line` ends with, if the path `answer` ends with it too.
fn common_end(line: &str, answer: &str) -> Option<usize> {
    let tails = answer.match_indices('/').map(|(slash, _)| &answer[slash + 1..]);
    let longest = std::iter::once(answer).chain(tails).find(|tail| line.ends_with(tail))?.len();
    // It may be the end of another, longer path.
    let whole = line[..line.len() - longest].chars().next_back().is_none_or(|before| {
        !before.is_alphanumeric() && !matches!(before, '/' | '\\' | '.' | '-' | '_')
    });
    whole.then_some(longest)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tempfile::TempDir;
    use timeline::outcome::{Failure, Kind};

    use super::*;
    use crate::{
        catalogue::{Catalogue, manifest::Manifest},
        engine::judge::{Crash, TestResult},
    };

    const MANIFEST: &str = r#"
        title = "Pair"
        goal = "Ask."
        minutes = 5
        learnt = "Ask."
        tests.together.hints = ["a", "b"]
        tests.in_order.hints = ["a", "b"]
        tests.at_all.hints = ["a", "b"]

        [anti.loops]
        title = "`await` in a loop"
        symptom = "slow"
        fails = ["together"]
        fails_for.unexplained = ["in_order"]

        [anti.waits]
        title = "Waiting"
        symptom = "slow"
        fails = ["together"]
        fails_for.unexplained = ["in_order"]

        [refused.too]
        title = "Waiting too"
        symptom = "slow"
        fails_for.waits = ["together"]
        fails_for.unexplained = ["in_order"]
    "#;

    const SLOW: &str = "one after another\n\n  a ▐▌\n  b   ▐▌\n\nBecause.";
    const WRONG: &str = "the order is wrong";

    /// An exercise with recordings, in a folder that lasts as long as it.
    struct Recorded {
        exercise: Exercise,
        _root: TempDir,
    }

    impl Recorded {
        fn new() -> Self {
            Self::of(MANIFEST)
        }

        fn of(manifest: &str) -> Self {
            let root = tempfile::tempdir().expect("a folder");
            let file = root.path().join("exercise.toml");
            fs::write(&file, manifest).expect("the manifest is written");
            let manifest = Manifest::read(&file, &file).expect("it is sound");
            let exercise = Exercise::new(root.path(), "pair".to_owned(), manifest);
            fs::create_dir_all(exercise.recorded()).expect("a folder");
            let recorded = Self { exercise, _root: root };
            for wrong in ["loops", "waits", "too"] {
                recorded.record(wrong, "together", SLOW);
                recorded.record(wrong, "in_order", WRONG);
            }
            recorded
        }

        fn record(&self, wrong: &str, test: &str, said: &str) {
            let file = self.exercise.recorded().join(format!("{wrong}.{test}.txt"));
            fs::write(file, format!("{said}\n")).expect("the recording is written");
        }

        /// The names of the lookalikes of the learner's file.
        fn named(&self, tests: Vec<TestResult>) -> Vec<String> {
            let answer = self.exercise.answer_file();
            let judgement = Judgement { tests, took: Duration::ZERO };
            let found = lookalikes(&self.exercise, &judgement, &answer);
            found.into_iter().map(|lookalike| lookalike.name).collect()
        }
    }

    fn judged(test: &str, outcome: TestOutcome) -> TestResult {
        TestResult { test: test.to_owned(), outcome, timeline: None, printed: None }
    }

    fn passed(test: &str) -> TestResult {
        judged(test, TestOutcome::Passed)
    }

    fn failed_as(kind: Kind, test: &str, cause: &str, said: &str) -> TestResult {
        let cause = cause.to_owned();
        let failure = Failure { cause, text: said.to_owned(), ..Failure::new(kind) };
        judged(test, TestOutcome::Failed(Box::new(failure)))
    }

    fn failed(test: &str, cause: &str, said: &str) -> TestResult {
        failed_as(Kind::Verdict, test, cause, said)
    }

    #[test]
    fn the_whole_signature_and_nothing_less_is_a_likeness() {
        let pair = Recorded::new();
        let together = || failed("together", "loops", SLOW);
        let in_order = || failed("in_order", "", WRONG);
        let at_all = || passed("at_all");
        assert_eq!(pair.named(vec![together(), in_order(), at_all()]), ["loops"]);

        let waits = failed("together", "waits", SLOW);
        let both = pair.named(vec![waits, in_order(), at_all()]);
        assert_eq!(both, ["waits", "too"], "all that fail so are named");

        let none: [&str; 0] = [];
        let less = pair.named(vec![together(), passed("in_order"), at_all()]);
        assert_eq!(less, none, "a test that it fails passes");
        let more = pair.named(vec![together(), in_order(), failed("at_all", "", "no")]);
        assert_eq!(more, none, "another test fails");
        let drawn = SLOW.replace("  b   ▐▌", "  b  ▐▌");
        let other = pair.named(vec![failed("together", "loops", &drawn), in_order(), at_all()]);
        assert_eq!(other, none, "the drawing is another");
        let other = pair.named(vec![failed("together", "", SLOW), in_order(), at_all()]);
        assert_eq!(other, none, "the cause is another");
        let part = pair.named(vec![together(), in_order()]);
        assert_eq!(part, none, "a test has not run");
        let crash = Crash { headline: "it died".into(), why: "x".into(), ..Crash::default() };
        let died = judged("at_all", TestOutcome::NotFinished(crash));
        assert_eq!(pair.named(vec![together(), in_order(), died]), none, "a test died");
        assert_eq!(pair.named(["together", "in_order", "at_all"].map(passed).into()), none);
    }

    #[test]
    fn without_a_recording_nothing_is_alike() {
        let pair = Recorded::new();
        let tests = || {
            let together = failed("together", "loops", SLOW);
            vec![together, failed("in_order", "", WRONG), passed("at_all")]
        };
        fs::remove_file(pair.exercise.recorded().join("loops.in_order.txt")).expect("it was there");
        assert!(pair.named(tests()).is_empty());
        pair.record("loops", "in_order", &format!("{WRONG}\r"));
        assert_eq!(pair.named(tests()), ["loops"], "git may change the ends of lines");
    }

    #[test]
    fn what_is_not_written_yet_resembles_nothing() {
        let pair = Recorded::of(&MANIFEST.replace("unexplained", UNWRITTEN));
        let unwritten = "this part is not written yet";
        pair.record("loops", "in_order", unwritten);
        let part = failed_as(Kind::Unfinished, "in_order", "", unwritten);
        let tests = vec![failed("together", "loops", SLOW), part, passed("at_all")];
        assert!(pair.named(tests).is_empty());
    }

    #[test]
    fn the_place_of_a_panic_is_not_compared() {
        let pair = Recorded::new();
        let recorded = "it panicked\n\n  at solutions/pair/src/anti/loops.rs:35: called\n    \
                        `Result::unwrap()` on an `Err` value: None\n\nBecause.";
        pair.record("loops", "in_order", recorded);
        let tests = |text: &str| {
            let together = failed("together", "loops", SLOW);
            vec![together, failed("in_order", "", text), passed("at_all")]
        };
        let own = "it panicked\n\n  at exercises/pair/src/answer.rs:7: called `Result::unwrap()` \
                   on an `Err`\n    value: None\n\nBecause.";
        assert_eq!(pair.named(tests(own)), ["loops"]);
        let theirs = own.replace("exercises/pair/src/answer.rs", "tokio-1.54.1/src/answer.rs");
        assert!(pair.named(tests(&theirs)).is_empty(), "it panicked elsewhere");
        let message = own.replace("None", "Some");
        assert!(pair.named(tests(&message)).is_empty(), "the message is another");
    }

    #[test]
    fn a_place_is_the_answers_file_with_a_line() {
        let replaced = |text: &str, file: &str| without_places(text, Path::new(file));
        assert_eq!(replaced("at /tmp/a b/x.rs:3: no", "/tmp/a b/x.rs"), "at ANSWER: no");
        assert_eq!(replaced("at me/src/x.rs:3: no", "/home/me/src/x.rs"), "at ANSWER: no");
        assert_eq!(replaced("x.rs:3, (x.rs:44)", "/x.rs"), "ANSWER, (ANSWER)");
        assert_eq!(replaced("a:  x.rs:y, 2", "/x.rs"), "a:  x.rs:y, 2");
        assert_eq!(replaced("at src/ax.rs:3", "/src/x.rs"), "at src/ax.rs:3");
        assert_eq!(replaced("at lib/x.rs:3", "/src/x.rs"), "at lib/x.rs:3");
        assert_eq!(
            replaced("a\n\n  b  x.rs:9\n   c\n\n  d  e\n", "/x.rs"),
            "a\n\nb ANSWER c\n\n  d  e"
        );
    }

    #[test]
    fn a_taught_one_has_a_section_and_a_refused_one_has_not() {
        let pair = Recorded::new();
        let tests = vec![
            failed("together", "waits", SLOW),
            failed("in_order", "", WRONG),
            passed("at_all"),
        ];
        let judgement = Judgement { tests, took: Duration::ZERO };
        let found = lookalikes(&pair.exercise, &judgement, &pair.exercise.answer_file());
        let section = ReadOn { page: "pair".to_owned(), section: "Waiting".to_owned() };
        let sections: Vec<_> = found.into_iter().map(|it| (it.title, it.read_on)).collect();
        let wanted = [("Waiting".to_owned(), Some(section)), ("Waiting too".to_owned(), None)];
        assert_eq!(sections, wanted);
    }

    #[test]
    fn answers_that_nothing_tells_apart_are_found() {
        let pair = Recorded::new();
        assert_eq!(indistinguishable(&pair.exercise), [["waits", "too"]]);
        pair.record("too", "in_order", "the order is another");
        assert!(indistinguishable(&pair.exercise).is_empty());
    }

    /// Each recorded wrong answer of the workbook, as if the learner had written it.
    #[test]
    fn every_recorded_wrong_answer_is_recognised() {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        let catalogue = Catalogue::load(root).expect("a sound catalogue");
        for exercise in &catalogue.exercises {
            for wrong in exercise.manifest.wrong_answers() {
                let names = as_learners(exercise, wrong);
                assert!(
                    names.contains(&wrong.name),
                    "{}: {} is {names:?}",
                    exercise.name,
                    wrong.name
                );
            }
        }
    }

    fn as_learners(exercise: &Exercise, wrong: &WrongAnswer) -> Vec<String> {
        let own = format!("exercises/{}/src/answer.rs:1", exercise.name);
        let tests = exercise.manifest.tests.keys().map(|test| {
            let Some(cause) = wrong.cause_of(test) else { return passed(test) };
            let file = exercise.recorded().join(format!("{}.{test}.txt", wrong.name));
            let text = fs::read_to_string(file).expect("it is recorded");
            let theirs = format!("solutions/{}/src/anti/{}.rs:", exercise.name, wrong.name);
            let text = match text.split_once(&theirs) {
                Some((before, after)) => {
                    let after = after.trim_start_matches(|c: char| c.is_ascii_digit());
                    format!("{before}{own}{after}")
                }
                None => text,
            };
            failed(test, cause, &text)
        });
        let judgement = Judgement { tests: tests.collect(), took: Duration::ZERO };
        let found = lookalikes(exercise, &judgement, &exercise.answer_file());
        found.into_iter().map(|lookalike| lookalike.name).collect()
    }
}
