//! The command, tried on a workbook with one tiny exercise.

mod fixture;

use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use fixture::Fixture;
use serde_json::Value;
use workbook::author::bench;
use workbook::author::verify::Options;
use workbook::author::verify::recordings;
use workbook::author::verify::report::{Alike, Problem, Shown};
use workbook::catalogue::bench::Bench;
use workbook::catalogue::workspace::Workspace;
use workbook::pages::book_context::BookContext;
use workbook::pages::directives::sections::{self, By};
use workbook::terminal::paint::Paint;

const MANIFEST: &str = "exercises/pair/exercise.toml";
const PAGE: &str = "book/src/pair.md";
const BRIDGE: &str = "book/src/from-asyncio.md";
const REFERENCE: &str = "solutions/pair/src/reference.rs";
const WRONG: &str = "solutions/pair/src/anti/in_sequence.rs";
const REFUSED: &str = "solutions/pair/src/anti/padded.rs";
const GIVEN: &str = "exercises/pair/src/given.rs";
const CAUSES: &str = "exercises/pair/tests/pair/causes.rs";
const SPAWNED: &str = "solutions/pair/tests/pair/spawned.rs";
const ALTERNATIVE: &str = "solutions/pair/src/alt/ordered.rs";
const TRANSCRIPT: &str = "solutions/pair/recorded/in_sequence.asks_together.txt";
const TRACE: &str = "solutions/pair/recorded/in_sequence.asks_together.json";

/// The problem must be the only one: what is sound must not be blamed with it.
#[track_caller]
fn only(problems: &[Problem]) -> &Problem {
    assert_eq!(problems.len(), 1, "{problems:#?}");
    &problems[0]
}

#[track_caller]
fn names(problem: &Problem, place: &str, candidate: Option<&str>, test: Option<&str>) {
    let named = (&*problem.place, problem.candidate.as_deref(), problem.test.as_deref());
    assert_eq!(named, (place, candidate, test), "{problem:#?}");
    assert!(!problem.remedy.is_empty(), "{problem:#?}");
}

// Each of the next three breaks one copy again and again: what one breakage had to build anew, the
// next has at hand.

#[test]
fn verify_finds_and_names_candidates_that_are_broken() {
    let fixture = &Fixture::new("candidates");
    a_sound_workbook_holds(fixture);
    a_reference_that_fails(fixture);
    an_alternative_that_fails(fixture);
    answers_that_cannot_be_spawned(fixture);
    what_is_given_and_is_broken(fixture);
    candidates_that_are_not_what_they_should_be(fixture);
    #[cfg(unix)]
    a_candidate_that_cannot_be_judged(fixture);
}

#[test]
fn verify_finds_and_names_expectations_and_recordings_that_are_broken() {
    let fixture = &Fixture::new("recordings");
    recorded(fixture);
    answers_that_fail_exactly_as_a_recorded_one_does(fixture);
    wrong_answers_that_no_test_tells_apart(fixture);
    an_expectation_that_is_not_met(fixture);
    causes_that_are_not_what_they_should_be(fixture);
    ranks_that_are_not_what_they_should_be(fixture);
    a_manifest_with_a_mistake(fixture);
    a_recording_that_differs(fixture);
}

#[test]
fn verify_finds_and_names_pages_that_are_broken() {
    let fixture = &Fixture::new("pages");
    recorded(fixture);
    a_directive_that_names_nothing(fixture);
    pages_that_do_not_fit(fixture);
    anti_patterns_in_one_line(fixture);
    refused_answers_without_their_table(fixture);
    names_that_nobody_has(fixture);
    assert!(!fixture.path(".workbook").exists(), "verify is not the learner's progress");
}

/// What a facilitator types in front of a room.
#[test]
fn demo_shows_an_anti_pattern_fail_as_the_book_says() {
    let fixture = Fixture::shipped("demo");
    let demo = |anti: &str, code| fixture::said(&fixture.workbook(&["demo", "pair", anti]), code);
    let taught = demo("in_sequence", 0);
    let wanted = "pair  Awaiting in a loop\nit takes longer with every question\n\n\
                  solutions/pair/src/anti/in_sequence.rs\n  answers.push(ask(question).await);\n\n\
                  asks_together\n\n  the calls were made one after another\n";
    assert!(taught.contains(wanted), "{taught}");
    assert!(taught.contains("\nIt fails 1 of 2 tests, as the book says. ("), "{taught}");
    let section = "Read on: pair, \"Awaiting in a loop\" (book/src/pair.md)";
    assert_eq!(taught.matches(section).count(), 1, "{taught}");
    for name in ["In-Sequence", "awaiting in a LOOP", "solutions/pair/src/anti/in_sequence.rs"] {
        assert!(demo(name, 0).contains(wanted), "{name}");
    }
    let refused = demo("padded", 0);
    assert!(refused.contains("lists it under \"Also refused\" (book/src/pair.md)"), "{refused}");

    let from = "fails = [\"asks_together\"]";
    let to = "fails = [\"keeps_the_order\"]";
    let differs = fixture.with(MANIFEST, from, to, || demo("in_sequence", 1));
    assert!(differs.contains("It fails 1 of 2 tests, and not as the book says."), "{differs}");
    assert!(differs.contains("  asks_together should pass, and it fails\n"), "{differs}");
    let passes = "  keeps_the_order should fail because of in_sequence, and it passes\n";
    assert!(differs.contains(passes), "{differs}");
    let uncompiled =
        fixture.with(WRONG, "answers.push(", "answers.pull(", || demo("in_sequence", 1));
    assert!(uncompiled.contains("and it does not compile"), "{uncompiled}");
    assert!(!fixture.path(".workbook").exists(), "it is not the learner's progress");
}

fn recorded(fixture: &Fixture) {
    let first = fixture.verify(&Options { bless: true, ..Options::default() });
    assert_eq!(first.problems.len(), 0, "{:#?}", first.problems);
    assert_eq!(first.alike, [], "each wrong answer fails in its own way");
}

fn a_sound_workbook_holds(fixture: &Fixture) {
    let first = fixture.verify(&Options { bless: true, ..Options::default() });
    assert_eq!(first.problems.len(), 0, "{:#?}", first.problems);
    assert_eq!(first.blessed.len(), 6, "{:?}", first.blessed);
    let options = Options { repeat: 2, load: true, bless: true, ..Options::default() };
    let again = fixture.verify(&options);
    assert_eq!(again.problems.len(), 0, "{:#?}", again.problems);
    assert!(again.blessed.is_empty(), "what is as it should be is not written");
    let row = &again.exercises[0];
    assert_eq!((row.tests, row.alternatives, row.taught, row.refused), (2, 2, 2, 1));
    assert_eq!((row.dead_tests, row.dead_causes), (0, 0));
    assert_eq!(row.runs, 1 + 2 + 2 + 2 + 2 + 2 + 2);
    assert!(fixture.read(TRANSCRIPT).starts_with("the calls were made one after another\n"));
}

fn a_reference_that_fails(fixture: &Fixture) {
    let from = "join_all(questions.iter().map(|&question| ask(question))).await";
    let to = "let calls = questions.iter().map(|&question| ask(question));\n\
              let mut answers = join_all(calls).await;\n\
              answers.reverse();\nanswers";
    let problems = fixture.with(REFERENCE, from, to, || fixture.problems());
    names(only(&problems), "pair", Some("reference"), Some("keeps_the_order"));
    assert!(problems[0].happened.contains("not in the order of the questions"), "{problems:#?}");
}

fn an_alternative_that_fails(fixture: &Fixture) {
    let to = "let _ = (ask, questions);\nVec::new()\n}\n\npub async fn unused(\
              ask: impl AsyncFn(u32) -> u32, questions: &[u32]) -> Vec<u32> {\nlet calls";
    let problems = fixture.with(ALTERNATIVE, "let calls", to, || fixture.problems());
    assert!(problems.iter().all(|problem| problem.candidate.as_deref() == Some("ordered")));
    names(&problems[0], "pair", Some("ordered"), Some("asks_together"));
}

fn answers_that_cannot_be_spawned(fixture: &Fixture) {
    const SPAWNABLE: &str = "it can be spawned on a multi-thread runtime";
    let held =
        "let held = std::rc::Rc::new(());\nlet all = calls.collect().await;\ndrop(held);\nall";
    let problems = fixture.with(ALTERNATIVE, "calls.collect().await", held, || {
        let problems = fixture.problems();
        let alone = "title = \"`FuturesOrdered`";
        let said = format!("single_threaded = \"it counts in an `Rc`\"\n{alone}");
        let excused = fixture.with(MANIFEST, alone, &said, || fixture.problems());
        assert_eq!(excused.len(), 0, "{excused:#?}");
        problems
    });
    names(only(&problems), "pair", Some("ordered"), None);
    assert_eq!(problems[0].expected, SPAWNABLE);
    assert!(problems[0].happened.contains("cannot be sent between threads"), "{problems:#?}");
    assert!(problems[0].remedy.contains("`single_threaded` of [alternatives.ordered]"));

    let problems = fixture.with(SPAWNED, ".len(), 2", ".len(), 3", || fixture.problems());
    assert_eq!(problems.len(), 3, "the reference and the alternatives: {problems:#?}");
    assert!(problems.iter().all(|problem| problem.expected == SPAWNABLE), "{problems:#?}");
    let problems = fixture.with(SPAWNED, "#[test]", "#[expect(dead_code)]", || fixture.problems());
    assert!(problems[0].happened.contains("there is no test in it"), "{problems:#?}");

    let text = fixture.read(SPAWNED);
    std::fs::remove_file(fixture.path(SPAWNED)).expect("it is there");
    let problems = fixture.problems();
    fixture.write(SPAWNED, &text);
    names(only(&problems), SPAWNED, None, None);
}

fn what_is_given_and_is_broken(fixture: &Fixture) {
    let problems = fixture.with(GIVEN, "answered", "met", || fixture.problems());
    assert!(only(&problems).happened.contains(GIVEN), "{problems:#?}");
    let problems =
        but_for_fingerprints(fixture.with(GIVEN, "= u32;", "= u23;", || fixture.problems()));
    assert!(problems.iter().all(|problem| problem.expected == "it compiles"), "{problems:#?}");
    assert!(problems[0].happened.contains(GIVEN), "{problems:#?}");
    let text = fixture.read(GIVEN);
    std::fs::remove_file(fixture.path(GIVEN)).expect("it is there");
    let problems = but_for_fingerprints(fixture.problems());
    fixture.write(GIVEN, &text);
    names(only(&problems), GIVEN, None, None);
}

/// The recorded mistake in other words, and another mistake that fails the same test.
fn answers_that_fail_exactly_as_a_recorded_one_does(fixture: &Fixture) {
    let body = |body: &str| {
        format!(
            "pub async fn ask_all(ask: impl AsyncFn(u32) -> u32, questions: &[u32]) -> Vec<u32> \
             {{ {body} }}\n"
        )
    };
    let same = &body("let mut all = vec![]; for n in questions { all.push(ask(*n).await) } all");
    let others = "for n in questions { drop(ask(*n).await) } \
                  questions.iter().map(|n| n * 10).rev().collect()";
    fixture.write("answers/same.rs", same);
    fixture.write("answers/others.rs", &body(others));
    let path = |file: &str| fixture.path(&format!("answers/{file}.rs")).display().to_string();
    let checked = |file: &str| fixture::said(&fixture.workbook(&["check", "pair", &path(file)]), 1);
    let alike = |file: &str| {
        let output = fixture.workbook(&["check", "pair", &path(file), "--json"]);
        let json: Value = serde_json::from_slice(&output.stdout).expect("a report");
        json["fails_exactly_as"].clone()
    };

    let read_on = serde_json::json!({ "page": "pair", "section": "Awaiting in a loop" });
    let wanted = serde_json::json!([
        { "name": "in_sequence", "title": "Awaiting in a loop", "read_on": read_on }
    ]);
    assert_eq!(alike("same"), wanted);
    assert_eq!(alike("others"), serde_json::json!([]), "another test fails too");
    let sentence = "\nThis fails exactly as the anti-pattern \"Awaiting in a loop\" does.\n";
    assert!(checked("same").contains(sentence));

    let learners = "exercises/pair/src/answer.rs";
    let start = fixture.read(learners);
    let tested = || fixture::said(&fixture.workbook(&["test", "pair"]), 1);
    assert!(!tested().contains("exactly as"), "it is not written yet");
    fixture.write(learners, same);
    let said = tested();
    assert!(said.contains(sentence), "{said}");
    let spec = "exercises/pair/tests/pair.rs";
    fixture.with(spec, "//! What", "//! Not what", || {
        assert!(!tested().contains("exactly as"), "nothing is recorded of other tests");
        assert_eq!(alike("same"), serde_json::json!([]));
    });
    fixture.write(learners, &start);
}

fn wrong_answers_that_no_test_tells_apart(fixture: &Fixture) {
    let (manifest, file) = (fixture.read(MANIFEST), "solutions/pair/src/anti/twin.rs");
    let twin = "[refused.twin]\ntitle = \"Another loop\"\nsymptom = \"it is as slow\"\n\
                fails_for.in_sequence = [\"asks_together\"]\n\n[[figures]]";
    fixture.write(MANIFEST, &manifest.replace("[[figures]]", twin));
    fixture.write(file, &fixture.read("solutions/pair/src/anti/in_sequence.rs"));
    let report = fixture.verify(&Options { bless: true, ..Options::default() });
    let candidates = vec!["in_sequence".to_owned(), "twin".to_owned()];
    assert_eq!(report.alike, [Alike { exercise: "pair".to_owned(), candidates }]);
    let shown = Shown { report: &report, paint: Paint::plain() }.to_string();
    assert!(shown.contains("note: pair: no test tells in_sequence and twin apart\n"), "{shown}");
    fixture.write(MANIFEST, &manifest);
    std::fs::remove_file(fixture.path(file)).expect("it is there");
    recorded(fixture);
}

fn an_expectation_that_is_not_met(fixture: &Fixture) {
    for (listed, other, candidate, test, seen) in [
        ("fails =", "fails_for.panicked =", "in_sequence", "asks_together", "in_sequence"),
        (
            "fails_for.one_too_many",
            "fails_for.unexplained",
            "padded",
            "keeps_the_order",
            "one_too_many",
        ),
    ] {
        let problems = fixture.with(MANIFEST, listed, other, || fixture.problems());
        names(only(&problems), "pair", Some(candidate), Some(test));
        let cause = other.trim_start_matches("fails_for.").trim_end_matches(" =");
        assert!(problems[0].expected.contains(&format!("`{cause}`")), "{problems:#?}");
        assert!(problems[0].happened.contains(&format!("`{seen}`")), "{problems:#?}");
    }

    let other = fixture
        .with(MANIFEST, "[\"asks_together\"]", "[\"keeps_the_order\"]", || fixture.problems());
    let about = |expected: &str, test: &str| {
        other.iter().any(|problem| {
            problem.expected.starts_with(expected) && problem.test.as_deref() == Some(test)
        })
    };
    assert!(about("it passes", "asks_together"), "{other:#?}");
    assert!(about("it fails", "keeps_the_order"), "{other:#?}");

    let manifest = fixture.read(MANIFEST);
    let (from, to) = (manifest.find("[anti.as_they_come]"), manifest.find("[[figures]]"));
    let both = &manifest[from.expect("a table")..to.expect("a table")];
    let dead = fixture.with(MANIFEST, both, "", || fixture.problems());
    let expected = |words: &str| dead.iter().any(|problem| problem.expected.contains(words));
    assert!(expected("a wrong answer fails it"), "{dead:#?}");
    assert!(expected("a wrong answer fails with the cause `as_they_come`"), "{dead:#?}");
    assert!(dead.iter().any(|problem| problem.happened.contains("`anti.as_they_come`")));
}

/// What is changed in the tests, the recorded fingerprints tell as well.
fn but_for_fingerprints(problems: Vec<Problem>) -> Vec<Problem> {
    problems.into_iter().filter(|problem| !problem.expected.contains("fingerprints")).collect()
}

fn causes_that_are_not_what_they_should_be(fixture: &Fixture) {
    let causes = |from: &str, to: &str| {
        but_for_fingerprints(fixture.with(CAUSES, from, to, || fixture.problems()))
    };
    let spec = "exercises/pair/tests/pair.rs";
    let renamed = fixture.with(CAUSES, "ONE_TOO_MANY", "ONE_MORE", || {
        fixture.with(spec, "ONE_TOO_MANY", "ONE_MORE", || fixture.problems())
    });
    let renamed = but_for_fingerprints(renamed);
    names(only(&renamed), "pair", Some("padded"), Some("keeps_the_order"));
    assert!(renamed[0].expected.contains("the cause `one_too_many`"), "{renamed:#?}");
    assert!(renamed[0].happened.contains("the cause `one_more`"), "{renamed:#?}");

    let one_more = "UNUSED = \"Nothing does this.\";\n    ONE_TOO_MANY =";
    let dead = causes("ONE_TOO_MANY =", one_more);
    let expected = |words: &str| dead.iter().any(|problem| problem.expected.contains(words));
    assert!(
        expected("with the cause `unused` of exercises/pair/tests/pair/causes.rs"),
        "{dead:#?}"
    );

    let text = fixture.read(CAUSES);
    std::fs::remove_file(fixture.path(CAUSES)).expect("it is there");
    let missing = fixture.problems();
    fixture.write(CAUSES, &text);
    assert!(missing.iter().any(|problem| problem.place == CAUSES), "{missing:#?}");
}

fn ranks_that_are_not_what_they_should_be(fixture: &Fixture) {
    let line = "answers.push(ask(question).await);";
    let problems =
        fixture.with(MANIFEST, line, "answers.push(ask(question));", || fixture.problems());
    names(only(&problems), MANIFEST, None, None);
    assert!(problems[0].happened.contains("`anti.in_sequence.guilty` is no line of"));
    let in_sequence = "solutions/pair/src/anti/in_sequence.rs";
    let twice =
        fixture.with(in_sequence, line, &format!("{line}\n{line}"), || fixture.pair().file_flaws());
    assert!(twice[0].what.contains("is 2 lines of"), "{twice:#?}");

    // What is taught is on the page; what is refused need not be.
    let taught = fixture.with(MANIFEST, "[refused.padded]", "[anti.padded]", || fixture.problems());
    assert_eq!(taught.len(), 2, "its section, and no table any more: {taught:#?}");
    assert!(taught[0].happened.contains("no table [refused.NAME]"), "{taught:#?}");
    names(&taught[1], "pair", Some("padded"), None);
    assert!(taught[1].remedy.contains("Write `{{#anti pair/padded}}`"), "{taught:#?}");
    let both =
        fixture.with(MANIFEST, "[refused.padded]", "[refused.in_sequence]", || fixture.problems());
    assert!(both.iter().any(|problem| {
        problem.happened.contains("`refused.in_sequence` is the name of an anti-pattern too")
    }));
    let unlisted = fixture
        .with(MANIFEST, "[refused.padded]", "[refused.paded]", || fixture.pair().file_flaws());
    assert_eq!(unlisted.len(), 2, "{unlisted:#?}");
    assert!(unlisted[1].remedy.contains("[anti.padded] or [refused.padded]"), "{unlisted:#?}");

    // A refused answer that passes, and one that fails for nothing that is listed.
    let passes =
        fixture.with(REFUSED, "answers.push(answers.iter().sum());", "", || fixture.problems());
    assert!(passes.iter().any(|problem| problem.happened == "it passes"), "{passes:#?}");
}

/// All at once: each is found at its own line, and none hides another. What is not closed would.
fn a_directive_that_names_nothing(fixture: &Fixture) {
    let broken = [
        ("{{#item solutions/pair/src/reference.rs ask_al}}", "Did you mean `ask_all`?"),
        ("{{#exrcise pair}}", "Did you mean `exercise`?"),
        ("{{#timeline pair in_sequence.asks \"What to notice\"}}", "not among the [[figures]]"),
        ("{{#transcript pair/in_sequense}}", "Did you mean `in_sequence`?"),
        ("{{#exercise pair}} there", "stands after a directive"),
        ("```rust\nfn a() {}\n```", "compiled by nobody"),
        ("{{#quiz pair}}", "book/quiz/pair.toml"),
        ("{{#script a.py}}", "no file book/a.py"),
        ("{{#bench pair}}", "no table [bench.pair]"),
        ("{{#item Cargo.toml a}}", "is not Rust"),
    ];
    let sound = fixture.read(PAGE);
    let mut page = sound.clone();
    let lines = broken.map(|(directive, _)| {
        page.extend(["\n", directive, "\n"]);
        page.lines().count() - (directive.lines().count() - 1)
    });
    fixture.write(PAGE, &page);
    let problems = fixture.problems();
    fixture.write(PAGE, &sound);
    assert_eq!(problems.len(), broken.len(), "{problems:#?}");
    for ((_, said), line) in broken.iter().zip(lines) {
        says_at(&problems, line, said);
    }

    for open in ["{{#exercise pair", "```text"] {
        fixture.write(PAGE, &format!("{sound}\n{open}\n"));
        says_at(&fixture.problems(), sound.lines().count() + 2, "not closed");
    }
    fixture.write(PAGE, &sound);
}

/// The line, counted from one, on which these words begin.
#[track_caller]
fn line_of(text: &str, words: &str) -> usize {
    let at = text.find(words).expect("they are there");
    text[..at].lines().count() + 1
}

#[track_caller]
fn says_at(problems: &[Problem], line: usize, said: &str) {
    let place = format!("book/src/pair.md:{line}");
    let problem = problems.iter().find(|problem| problem.place == place);
    let problem = problem.unwrap_or_else(|| panic!("nothing at {place}: {problems:#?}"));
    let whole = format!("{} → {}", problem.happened, problem.remedy);
    assert!(whole.contains(said), "{problem:#?}");
}

fn a_manifest_with_a_mistake(fixture: &Fixture) {
    let problems = fixture.with(MANIFEST, "minutes", "minuts", || fixture.problems());
    names(only(&problems), MANIFEST, None, None);
    assert!(problems[0].happened.contains("minuts"), "{problems:#?}");
    assert!(problems[0].remedy.contains("Did you mean `minutes`?"), "{problems:#?}");

    let test = "[tests.keeps_the_order]";
    let problems = fixture.with(MANIFEST, test, "[tests.keeps_order]", || fixture.problems());
    assert!(problems[0].happened.contains("`anti.as_they_come.fails` `keeps_the_order` is not"));
}

fn a_recording_that_differs(fixture: &Fixture) {
    let text = fixture.with(TRANSCRIPT, "one after another", "together", || fixture.problems());
    names(only(&text), "pair", Some("in_sequence"), Some("asks_together"));
    assert!(text[0].happened.contains("the calls were made together"), "{text:#?}");

    let trace = fixture.with(TRACE, "\"call 2\"", "\"call 7\"", || fixture.problems());
    names(only(&trace), "pair", Some("in_sequence"), Some("asks_together"));
    let times = fixture.with(TRACE, "\"micros\": ", "\"micros\": 1", || fixture.problems());
    assert_eq!(times.len(), 0, "times may differ: {times:#?}");

    fixture.write("solutions/pair/recorded/stray.txt", "");
    let fingerprints = "solutions/pair/recorded/tests.txt";
    let tests = fixture.with(fingerprints, "  exercises/", "0  exercises/", || fixture.problems());
    assert_eq!(tests.len(), 2, "{tests:#?}");
    assert!(tests[1].happened.contains("stray.txt"), "{tests:#?}");
    names(&tests[0], "pair", None, None);
    assert!(tests[0].happened.contains("exercises/pair/src/given.rs"), "{tests:#?}");
    fixture.write(TRANSCRIPT, "old\n");
    let blessed = fixture.verify(&Options { bless: true, ..Options::default() });
    assert_eq!(blessed.problems.len(), 0, "{:#?}", blessed.problems);
    assert_eq!(blessed.blessed.len(), 2, "{:?}", blessed.blessed);
    assert!(!fixture.path("solutions/pair/recorded/stray.txt").exists());
}

/// Several at once: one that does not compile must not hide what is wrong with the others.
fn candidates_that_are_not_what_they_should_be(fixture: &Fixture) {
    let problems = fixture.with(ALTERNATIVE, "calls.collect()", "calls.colect()", || {
        let start = "exercises/pair/src/answer.rs";
        fixture.with(start, "let _ = ask;", "let _ = &ask;", || {
            let unused = "//! Awaiting in a loop.\n\nuse std::fmt;\n";
            let anti = "solutions/pair/src/anti/in_sequence.rs";
            fixture.with(anti, "//! Awaiting in a loop.\n", unused, || fixture.problems())
        })
    });
    let expected: Vec<(&str, &str)> = problems
        .iter()
        .map(|problem| (problem.candidate.as_deref().unwrap_or_default(), &*problem.expected))
        .collect();
    let wanted = [
        ("start", "exercises/pair/src/answer.rs equals solutions/pair/src/start.rs"),
        ("ordered", "it compiles"),
        ("in_sequence", "it compiles without a warning"),
    ];
    assert_eq!(expected, wanted, "{problems:#?}");
    assert!(problems[1].happened.contains("solutions/pair/src/alt/ordered.rs"), "{problems:#?}");
}

#[cfg(unix)]
fn a_candidate_that_cannot_be_judged(fixture: &Fixture) {
    let line = "answers.push(ask(question).await);";
    let refused = format!(
        "let error = std::io::Error::from_raw_os_error(23);\n\
         assert!(question == u32::MAX, \"no connection: {{error}}\");\n{line}"
    );
    let anti = "solutions/pair/src/anti/in_sequence.rs";
    let problems = fixture.with(anti, line, &refused, || fixture.problems());
    names(only(&problems), "pair", Some("in_sequence"), Some("asks_together"));
    assert_eq!(problems[0].expected, "the machine lets every test be judged");
    assert!(problems[0].happened.contains("(os error 23)"), "{problems:#?}");
}

fn pages_that_do_not_fit(fixture: &Fixture) {
    let problems = fixture
        .with(PAGE, "### Awaiting in a loop", "### Awaiting in a lop", || fixture.problems());
    // As a title, and as the place to which the failing test sends its reader.
    assert_eq!(problems.len(), 2, "{problems:#?}");
    assert!(problems[0].remedy.contains("Did you mean `Awaiting in a lop`?"), "{problems:#?}");
    a_page_that_leaves_something_out(fixture);
    let problems =
        fixture.with("book/src/SUMMARY.md", "(pair.md)", "(pear.md)", || fixture.problems());
    assert!(only(&problems).happened.contains("0 links"), "{problems:#?}");
    // Named without a link, and in a row of a listing: neither leads anybody to the page.
    for unlinked in ["| pair |", "```text\n| [pair](pair.md) |\n```\n\n|"] {
        let problems = fixture.with(BRIDGE, "| [pair](pair.md) |", unlinked, || fixture.problems());
        names(only(&problems), "pair", None, None);
        assert!(problems[0].happened.contains("`| [pair](pair.md)`"), "{problems:#?}");
        assert!(problems[0].remedy.contains("Link the row of `pair`"), "{problems:#?}");
    }
}

fn anti_patterns_in_one_line(fixture: &Fixture) {
    let sound = fixture.read(PAGE);
    let by_hand = "### Awaiting in a loop\n\n\
                   {{#item solutions/pair/src/anti/in_sequence.rs ask_all}}\n\n\
                   {{#transcript pair/in_sequence}}\n";
    let line = line_of(&sound, by_hand);
    let page = |instead: &str| {
        fixture.write(PAGE, &sound.replace(by_hand, instead));
        let problems = fixture.problems();
        fixture.write(PAGE, &sound);
        problems
    };
    // The heading that it brings is the one to which the failing test sends its reader.
    let directive = "{{#symptoms pair}}\n\n{{#anti pair/in_sequence ask_all test=asks_together}}\n";
    let problems = page(directive);
    assert_eq!(problems.len(), 0, "{problems:#?}");
    says_at(
        &page(&format!("{by_hand}\n{{{{#anti pair/in_sequence}}}}\n")),
        line + by_hand.lines().count() + 1,
        "`{{#anti}}` brings it",
    );

    let problems = page("");
    assert_eq!(problems.len(), 2, "as a section, and as the place to read on: {problems:#?}");
    names(&problems[0], "pair", Some("in_sequence"), None);
    assert!(problems[0].remedy.contains("Write `{{#anti pair/in_sequence}}`"), "{problems:#?}");
    let problems = page("### Awaiting in a loop\n");
    assert!(only(&problems).happened.contains("has no {{#anti pair/in_sequence}}"));
    let mistake = page("{{#anti pair/in_sequense}}\n");
    says_at(&mistake, line, "Did you mean `in_sequence`?");
    assert!(mistake.iter().any(|problem| problem.candidate.as_deref() == Some("in_sequence")));
}

fn refused_answers_without_their_table(fixture: &Fixture) {
    let directive = "{{#refused pair}}";
    let problems = fixture.with(PAGE, directive, "", || fixture.problems());
    names(only(&problems), "pair", None, None);
    assert!(problems[0].expected.contains(directive), "{problems:#?}");
    assert_eq!(problems[0].happened, "it stands nowhere");

    let line = line_of(&fixture.read(PAGE), directive);
    let twice = format!("{directive}\n\n{directive}");
    let problems = fixture.with(PAGE, directive, &twice, || fixture.problems());
    says_at(&problems, line + 2, &format!("is there already: see line {line}"));
    let both = format!("pair.md:{line}, ");
    assert!(problems.iter().any(|problem| problem.happened.contains(&both)));

    let context = BookContext::of(fixture.catalogue());
    let sections = sections::of(&context, &fixture.read(PAGE));
    let row = sections.iter().find(|section| section.title == "A sum at the end of the list");
    assert_eq!(row.map(|section| section.by), Some(By::Refused), "one can read on there");
}

fn a_page_that_leaves_something_out(fixture: &Fixture) {
    let left_out = [
        ("{{#item solutions/pair/src/alt/ordered.rs ask_all}}", "alt/ordered.rs …"),
        ("{{#item solutions/pair/src/anti/in_sequence.rs ask_all}}", "anti/in_sequence.rs …"),
        ("{{#transcript pair/as_they_come keeps_the_order}}", "#transcript pair/as_they_come"),
        (
            "{{#timeline pair in_sequence.asks_together \"Each call waits for the one before\"}}",
            "#timeline pair in_sequence.asks_together",
        ),
    ];
    let sound = fixture.read(PAGE);
    let page = left_out.iter().fold(sound.clone(), |page, (shown, _)| page.replace(shown, ""));
    fixture.write(PAGE, &page);
    let problems = fixture.problems();
    fixture.write(PAGE, &sound);
    assert_eq!(problems.len(), left_out.len(), "{problems:#?}");
    for (_, missing) in left_out {
        assert!(problems.iter().any(|problem| problem.happened.contains(missing)), "{problems:#?}");
    }
}

fn names_that_nobody_has(fixture: &Fixture) {
    let output = fixture.workbook(&["verify", "pear"]);
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("Did you mean `pair`?"), "{said}");
}

#[test]
fn bench_takes_the_numbers_that_criterion_has_written() {
    let fixture = Fixture::new("bench");
    let plan = "\n[bench.pair]\ntitle = \"Two\"\nx = \"questions\"\nideal.latency_ms = 5\n\
                series.in_sequence = { label = \"one after another\", limit = 1 }\n";
    fixture.write(MANIFEST, &(fixture.read(MANIFEST) + plan));
    let target = fixture.path("target");
    let workspace = Workspace { target: target.clone(), ..fixture.workspace.clone() };
    let missing = bench::run(&workspace, "pair").expect_err("nothing is measured");
    assert!(format!("{missing:#}").contains("Run `cargo bench -p pair-solution` first"));

    for (x, median) in [("10", 51_000_000.0), ("2", 10_100_000.0)] {
        let interval =
            serde_json::json!({ "lower_bound": median - 1.0, "upper_bound": median + 1.0 });
        let estimate =
            serde_json::json!({ "confidence_interval": interval, "point_estimate": median });
        let estimates = serde_json::json!({ "mean": estimate, "median": estimate });
        let file = format!("target/criterion/pair/in_sequence/{x}/new/estimates.json");
        fixture.write(&file, &estimates.to_string());
    }
    fixture.write("target/criterion/pair/in_sequence/report/index.html", "");
    bench::run(&workspace, "pair").expect("the numbers are there");
    let json = fixture.read("solutions/pair/recorded/bench.pair.json");
    let written: Bench = serde_json::from_str(&json).expect("what the book reads");
    assert_eq!(written.command, "cargo bench -p pair-solution");
    assert!(written.machine.contains("core"), "{}", written.machine);
    assert!(written.versions.contains_key("tokio"), "{:?}", written.versions);
    let points: Vec<_> =
        written.series[0].points.iter().map(|point| (point.x, point.ideal)).collect();
    assert_eq!(points, [(2, Some(10e6)), (10, Some(50e6))]);
}

/// A body of `ask_all`, and how the command has to judge it.
struct Answer {
    name: &'static str,
    body: &'static str,
    code: i32,
    /// The state of the first test, and words that its text contains.
    first: Option<(&'static str, &'static str)>,
}

const ANSWERS: [Answer; 9] = [
    Answer {
        name: "correct",
        body: "futures::future::join_all(questions.iter().map(|&n| ask(n))).await",
        code: 0,
        first: Some(("passed", "")),
    },
    Answer {
        name: "sequential",
        body: "let mut all = vec![]; for &n in questions { all.push(ask(n).await) } all",
        code: 1,
        first: Some(("failed", "one after another")),
    },
    Answer { name: "not_rust", body: "let n: u32 = \"one\"; vec![]", code: 2, first: None },
    Answer {
        name: "looping",
        body: "let _ = (ask, questions); loop {}",
        code: 1,
        first: Some(("failed", "never gave the runtime's thread back")),
    },
    Answer {
        name: "deadlock",
        body: "let _ = (ask, questions); let m = std::sync::Mutex::new(()); \
               let _one = m.lock(); let _two = m.lock(); vec![]",
        code: 1,
        first: Some(("failed", "never gave the runtime's thread back")),
    },
    Answer {
        name: "exit",
        body: "let _ = (ask, questions); std::process::exit(0)",
        code: 1,
        first: Some(("not finished", "exit code 0 (std::process::exit)")),
    },
    Answer {
        name: "abort",
        body: "let _ = (ask, questions); std::process::abort()",
        code: 1,
        first: Some(("not finished", "aborted the whole process")),
    },
    Answer {
        name: "recursion",
        body: "let _ = ask; fn deep(n: usize) -> usize { std::hint::black_box(n); \
               if n == usize::MAX { 0 } else { deep(n + 1) + 1 } } vec![deep(questions.len()) as u32]",
        code: 1,
        first: Some(("not finished", "overflowed its stack: unbounded recursion")),
    },
    Answer {
        name: "boast",
        body: "let _ = (ask, questions); println!(\"\\ntest asks_together ... ok\\n\
               test keeps_the_order ... ok\\n\\ntest result: ok. 2 passed; 0 failed\"); \
               std::process::exit(0)",
        code: 1,
        first: Some(("not finished", "exit code 0")),
    },
];

#[test]
fn check_judges_what_a_file_does_and_not_what_it_prints() {
    let fixture = &Fixture::new("check");
    let learners = fixture.read("exercises/pair/src/answer.rs");
    thread::scope(|scope| {
        for answer in &ANSWERS {
            scope.spawn(move || judge(fixture, answer));
        }
    });
    assert_eq!(fixture.read("exercises/pair/src/answer.rs"), learners, "the learner's file");
    assert!(!fixture.path(".workbook").exists(), "a file from anywhere is no progress");
}

fn judge(fixture: &Fixture, answer: &Answer) {
    let Answer { name, body, code, first } = answer;
    let file = format!("answers/{name}.rs");
    fixture.write(
        &file,
        &format!(
            "pub async fn ask_all(ask: impl AsyncFn(u32) -> u32, questions: &[u32]) -> Vec<u32> \
             {{ {body} }}\n"
        ),
    );
    let path = fixture.path(&file).display().to_string();
    let output = fixture.workbook(&["check", "pair", &path, "--json"]);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    assert_eq!(output.status.code(), Some(*code), "{name}: {json:#}");
    let verdict = ["accepted", "rejected", "does not compile"][usize::try_from(*code).unwrap_or(0)];
    assert_eq!(json["verdict"], verdict, "{name}");
    assert_eq!(json.get("obstacle"), Some(&Value::Null), "{name}: nothing is in the way");
    let Some((state, words)) = first else {
        assert!(json["errors"][0].as_str().is_some_and(|error| error.contains(&path)), "{json:#}");
        return;
    };
    let test = &json["tests"][0];
    assert_eq!(test["test"], "asks_together", "{name}: the manifest's order");
    assert_eq!(test["state"], *state, "{name}: {json:#}");
    assert!(test["text"].as_str().is_some_and(|text| text.contains(words)), "{name}: {json:#}");
}

#[test]
#[cfg(unix)]
fn what_the_machine_prevents_is_neither_right_nor_wrong() {
    let fixture = Fixture::shipped("refused");
    // The system has too many files open.
    let text = "pub async fn ask_all(ask: impl AsyncFn(u32) -> u32, questions: &[u32]) -> Vec<u32> \
                { let _ = (&ask, questions); let error = std::io::Error::from_raw_os_error(23); \
                if true { panic!(\"no connection: {error}\") } vec![] }\n";
    let answer = "exercises/pair/src/answer.rs";
    fixture.write(answer, text);
    let said = |arguments: &[&str], code| fixture::said(&fixture.workbook(arguments), code);

    let tested = said(&["test", "pair"], 4);
    assert!(tested.contains("? asks_together\n      this test could not be judged:"), "{tested}");
    assert!(tested.contains("(os error 23)"), "{tested}");
    assert!(tested.contains("Not judged: 2 of 2 tests."), "{tested}");
    assert!(!tested.contains("to go"), "{tested}");
    let path = fixture.path(answer).display().to_string();
    let checked = said(&["check", "pair", &path], 4);
    assert!(checked.contains("Not judged: 2 of 2 tests."), "{checked}");
    let output = fixture.workbook(&["check", "pair", &path, "--json"]);
    let json: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(json["verdict"], "not judged");
    assert_eq!(json["tests"][0]["state"], "not judged");
    let hint = said(&["hint", "pair"], 3);
    assert!(hint.contains("no test has failed, and not all could be judged"), "{hint}");

    // The same in the first process alone: each test is run again, in one of its own.
    let first = fixture.path("answers/first").display().to_string();
    std::fs::remove_file(&first).ok();
    let text = format!(
        "pub async fn ask_all(ask: impl AsyncFn(u32) -> u32, questions: &[u32]) -> Vec<u32> {{\n\
         let this = std::process::id().to_string();\n\
         if std::fs::read_to_string({first:?}).is_ok_and(|first| first != this) {{\n\
         return futures::future::join_all(questions.iter().map(|&n| ask(n))).await;\n\
         }}\n\
         std::fs::write({first:?}, this).unwrap();\n\
         panic!(\"no connection: {{}}\", std::io::Error::from_raw_os_error(23))\n\
         }}\n"
    );
    fixture.write("answers/once.rs", &text);
    let path = fixture.path("answers/once.rs").display().to_string();
    assert!(said(&["check", "pair", &path], 0).contains("Accepted: every test passes."));
}

#[test]
fn check_keeps_to_its_limit_and_says_what_went_wrong() {
    let fixture = Fixture::new("limit");
    // A thread that the test's watchdog knows nothing of holds the process back.
    let text = "pub async fn ask_all(ask: impl AsyncFn(u32) -> u32, questions: &[u32]) -> Vec<u32> \
                { let _ = (ask, questions); std::thread::sleep(std::time::Duration::MAX); vec![] }\n";
    fixture.write("answers/sleeps.rs", text);
    let path = fixture.path("answers/sleeps.rs").display().to_string();
    let began = Instant::now();
    let output = fixture.workbook(&["check", "pair", &path, "--limit", "1"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("did not end within 1 s"), "{said}");
    assert!(began.elapsed() < Duration::from_mins(2), "it took {:?}", began.elapsed());

    // Nobody reads the report: that is no panic, and the verdict is the same.
    for arguments in [&["check", "pair", &path, "--limit", "1", "--json"][..], &["test", "pair"]] {
        let mut command = fixture.command(arguments);
        let mut unread =
            command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        drop(unread.stdout.take());
        assert_eq!(unread.wait().expect("it ends").code(), Some(1), "{arguments:?}");
    }

    let missing = fixture.workbook(&["check", "pair", "nowhere.rs"]);
    assert_eq!(missing.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("there is no file nowhere.rs"));
}

#[test]
fn the_first_unsolved_exercise_is_shown_with_what_to_do_next() {
    let fixture = Fixture::shipped("learner");
    let list = || String::from_utf8_lossy(&fixture.workbook(&["list"]).stdout).into_owned();
    assert!(list().contains("untouched  pair    5 min  Two questions"));

    let unsolved = fixture.workbook(&[]);
    let said = String::from_utf8_lossy(&unsolved.stdout).into_owned();
    assert_eq!(unsolved.status.code(), Some(1), "{said}");
    assert!(said.contains("✗ asks_together"), "{said}");
    assert!(said.contains("Edit exercises/pair/src/answer.rs"), "{said}");

    let mistake =
        fixture.with("exercises/pair/src/answer.rs", "let _ = ask", "let _ = asks", || {
            fixture.workbook(&["test", "pair"])
        });
    assert_eq!(mistake.status.code(), Some(2));

    fixture.write("exercises/pair/src/answer.rs", &fixture.read(REFERENCE));
    let solved = fixture.workbook(&["test", "pair"]);
    let said = String::from_utf8_lossy(&solved.stdout).into_owned();
    assert_eq!(solved.status.code(), Some(0), "{said}");
    assert!(said.contains("`join_all` polls its futures together"), "{said}");
    let compare = "Compare your code with the reference: `cargo workbook solution pair --diff`";
    assert_eq!(said.matches(compare).count(), 1, "{said}");
    assert!(list().contains("✓ solved     pair"));
    let all = fixture.workbook(&[]);
    assert!(String::from_utf8_lossy(&all.stdout).contains("Every exercise is solved."));

    let spec = "exercises/pair/tests/pair.rs";
    let changed = fixture.with(spec, "answers == wanted", "!answers.is_empty()", || {
        fixture.workbook(&["test", "pair"])
    });
    let said = String::from_utf8_lossy(&changed.stdout).into_owned();
    assert_eq!(changed.status.code(), Some(1), "{said}");
    assert!(said.contains("Not solved yet: other files are not as shipped."), "{said}");
    let said = String::from_utf8_lossy(&changed.stderr).into_owned();
    assert!(
        said.contains("copy it from the workbook as you got it"),
        "git does not know it: {said}"
    );
    assert!(list().contains("✓ solved     pair"), "it was solved with the tests as shipped");
}

/// Cargo goes by the times of files, and these have old ones: `cp -p`, `mv`, `rsync -a`, an archive.
#[test]
fn a_file_with_an_old_time_is_judged_by_its_contents() {
    let fixture = Fixture::shipped("older");
    let answer = "exercises/pair/src/answer.rs";
    let helper = "exercises/pair/src/answer/helper.rs";
    let put_in_place = |file: &str, text: &str| {
        fixture.write(file, text);
        let path = fixture.path(file);
        let file = std::fs::File::options().write(true).open(path).expect("the file");
        file.set_modified(SystemTime::now() - Duration::from_hours(24)).expect("an old time");
    };
    let test = |code| fixture::said(&fixture.workbook(&["test", "pair"]), code);
    let (right, wrong) = (fixture.read(REFERENCE), fixture.read(WRONG));

    fixture.write(answer, &right);
    assert!(test(0).contains("Solved."));
    put_in_place(answer, &wrong);
    let said = test(1);
    assert!(said.contains("the calls were made one after another"), "{said}");
    put_in_place(answer, &right);
    assert!(test(0).contains("Solved."));

    // A module of the learner's own, which the answer file is the same with.
    fixture.write(helper, &right);
    fixture.write(answer, "mod helper;\npub use helper::ask_all;\n");
    assert!(test(0).contains("Solved."));
    put_in_place(helper, &wrong);
    let all = fixture::said(&fixture.workbook(&[]), 1);
    assert!(all.contains("one after another"), "it was solved, and is run again: {all}");
    put_in_place(helper, "not Rust");
    test(2);
    assert!(fixture::said(&fixture.workbook(&["list"]), 0).contains("… started    pair"));
    put_in_place(helper, &right);
    assert!(test(0).contains("Solved."));

    // The tests, and what they are given.
    for (file, from, to) in [
        ("exercises/pair/tests/pair.rs", "answers == wanted", "answers.is_empty()"),
        (GIVEN, "pub type Answer = u32;", "pub type Answer = char;"),
    ] {
        let before = fixture.read(file);
        put_in_place(file, &before.replace(from, to));
        let output = fixture.workbook(&["test", "pair"]);
        assert_ne!(output.status.code(), Some(0), "{file}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(&format!("{file} is not as shipped")), "{said}");
        put_in_place(file, &before);
        assert!(test(0).contains("Solved."));
    }
}

/// Whichever test comes first takes the only seat and keeps it. That one passes, and the other waits.
#[test]
fn a_test_that_another_one_holds_up_is_told_as_that() {
    let fixture = &Fixture::new("held-up");
    let answer = "use std::sync::atomic::{AtomicBool, Ordering};\n\
                  use crate::given::*;\n\
                  static TAKEN: AtomicBool = AtomicBool::new(false);\n\
                  pub async fn ask_all(ask: impl AsyncFn(u32) -> Answer, questions: &[u32])\n\
                  -> Vec<Answer> {\n\
                  if TAKEN.swap(true, Ordering::SeqCst) { std::future::pending::<()>().await; }\n\
                  futures::future::join_all(questions.iter().map(|&q| ask(q))).await\n}\n";
    fixture.write("answers/seat.rs", answer);
    let path = fixture.path("answers/seat.rs").display().to_string();
    let text = fixture::said(&fixture.workbook(&["check", "pair", &path]), 1);
    assert!(text.contains("Rejected: 1 of 2 tests did not pass."), "{text}");
    assert!(text.contains("another test holds this one up"), "{text}");
    let together = "with the other tests, in one process: the code waits for something";
    assert!(text.contains(together), "{text}");
    assert!(text.contains("alone, in a process of its own: it passes"), "{text}");
}

#[test]
fn check_says_when_the_tests_are_not_as_shipped() {
    let fixture = Fixture::shipped("altered");
    let path = fixture.path(REFERENCE).display().to_string();
    let check = |more: &[&str]| {
        let output = fixture.workbook(&[&["check", "pair", &path][..], more].concat());
        fixture::said(&output, 0)
    };
    let sound = check(&[]);
    assert!(sound.contains("Accepted: every test passes."), "{sound}");
    assert!(!sound.contains("shipped"), "{sound}");
    let spec = "exercises/pair/tests/pair.rs";
    fixture.with(spec, "answers == wanted", "!answers.is_empty()", || {
        let altered = check(&[]);
        assert!(altered.contains(&format!("note: {spec} is not as shipped, so this is")));
        assert!(altered.contains("Accepted by changed tests: every test passes."), "{altered}");
        let json = check(&["--json"]);
        assert!(json.contains(&format!("\"not_as_shipped\": [\n    \"{spec}\"")), "{json}");
    });
}

#[test]
fn verify_records_the_tools_that_all_tests_use() {
    let fixture = Fixture::new("tools");
    let compare = |bless| {
        recordings::compare_tools(&fixture.workspace, bless).expect("the tools can be read")
    };
    let none = compare(true);
    assert!(none.problems.is_empty() && none.blessed.is_empty(), "its test kit is elsewhere");
    let (kit, record) = ("tools/testkit/src/lib.rs", "tools/testkit/shipped.txt");
    fixture.write("tools/testkit/Cargo.toml", "");
    fixture.write(kit, "// the kit\n");
    names(only(&compare(false).problems), record, None, None);
    assert_eq!(compare(true).blessed, [record]);
    assert!(compare(false).problems.is_empty());
    fixture.write(kit, "// another kit\n");
    let differ = compare(false).problems;
    assert_eq!(only(&differ).happened, format!("they differ for {kit}"));
    assert!(differ[0].remedy.contains("`cargo workbook verify NAME --bless`"), "{differ:#?}");
}

#[test]
fn a_lost_answer_breaks_its_own_exercise_alone() {
    let fixture = Fixture::new("lost");
    fixture.add("trio", "");
    for file in ["tests/pair.rs", "tests/pair/causes.rs"] {
        let text = fixture.read(&format!("exercises/pair/{file}")).replace("pair", "trio");
        fixture.write(&format!("exercises/trio/{}", file.replace("pair", "trio")), &text);
    }
    fixture.ship();
    let answer = "exercises/trio/src/answer.rs";
    std::fs::remove_file(fixture.path(answer)).expect("it is there");
    let said = |arguments: &[&str], code| fixture::said(&fixture.workbook(arguments), code);

    assert!(said(&["list"], 0).contains("… started    trio"));
    assert!(said(&["test", "pair"], 1).contains("this part is not written yet"));
    let lost = said(&["test", "trio"], 2);
    assert!(
        lost.contains(&format!("{answer} is not there. `cargo workbook reset trio`")),
        "{lost}"
    );
    let back = said(&["reset", "trio", "--yes"], 0);
    assert!(!back.contains("undo"), "there is nothing to take back: {back}");
    assert!(said(&["test", "trio"], 1).contains("this part is not written yet"));

    std::fs::remove_file(fixture.path(answer)).expect("it is back");
    std::fs::create_dir(fixture.path(answer)).expect("nothing is there");
    let folder = said(&["test", "trio"], 2);
    assert!(folder.contains(&format!("{answer} is a folder. `cargo workbook reset trio`")));
    let back = said(&["reset", "trio", "--yes"], 0);
    assert!(!back.contains("undo"), "there is nothing to take back: {back}");

    // The same file is in the other exercise.
    let library = "exercises/trio/src/lib.rs";
    std::fs::remove_file(fixture.path(library)).expect("it is there");
    let lost = said(&["test", "trio"], 3);
    assert!(lost.contains(&format!("{library} is missing")), "{lost}");
    assert!(lost.contains("`cargo workbook reset trio` brings it back, or says"), "{lost}");
    assert!(said(&["test", "pair"], 1).contains("this part is not written yet"));
    assert_eq!(said(&["reset", "trio"], 0), format!("{library} is back, as shipped.\n"));
    assert!(said(&["reset", "trio"], 0).contains("Nothing to do"));

    // Without that file, cargo itself builds no exercise.
    let package = "exercises/trio/Cargo.toml";
    let text = fixture.read(package);
    std::fs::remove_file(fixture.path(package)).expect("it is there");
    let lost = said(&["test", "pair"], 3);
    assert!(lost.contains(&format!("missing: {package}\nCargo builds no exercise")), "{lost}");
    assert!(lost.contains("To go on: copy it from the workbook as you got it"), "{lost}");
    fixture.write(package, &text);

    // No other exercise has that.
    let manifest = "exercises/trio/exercise.toml";
    let text = fixture.read(manifest);
    std::fs::remove_file(fixture.path(manifest)).expect("it is there");
    let listed = said(&["list"], 0);
    assert!(listed.contains(&format!("an exercise is left out: {manifest}")), "{listed}");
    assert!(listed.contains("  pair  "), "{listed}");
    for arguments in [&["reset", "trio"][..], &["reset", "--all", "--yes"]] {
        let lost = said(arguments, 3);
        assert!(lost.contains(&format!("no copy is here: {manifest}")), "{lost}");
        assert!(lost.contains("copy it from the workbook as you got it"), "{lost}");
    }
    fixture.write(manifest, &text);
    assert!(said(&["test", "trio"], 1).contains("this part is not written yet"));
}
