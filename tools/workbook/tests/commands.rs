//! The learner's commands, as they are typed. No test here builds anything.

mod fixture;

use fixture::{EXERCISE, Fixture, said};
use serde_json::Value;
use workbook::learner::progress::{self, Progress, Seen};

/// A run of the learner's file as it is, which fails the test, or passes.
fn ran(fixture: &Fixture, fails: Option<&str>) {
    let pair = fixture.pair();
    let judgement = fixture::judgement(fails);
    progress::record(&fixture.workspace, &pair, &Seen::of(&pair), Some(&judgement));
}

#[test]
fn list_shows_how_far_each_exercise_is() {
    let fixture = Fixture::shipped("list");
    fixture.add("trio", "");
    fixture.add("zebra", "");
    fixture.write("exercises/trio/src/answer.rs", "// half an answer\n");
    fixture.write(EXERCISE, "// an answer\n");
    ran(&fixture, None);
    let text = said(&fixture.workbook(&["list"]), 0);
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    assert_eq!(lines[0], "  ✓ solved     pair     5 min  Two questions at once", "{text}");
    assert!(lines[1].starts_with("  … started    trio"), "{text}");
    assert!(lines[2].starts_with("    untouched  zebra"), "{text}");
    assert_eq!(lines[4], "1 of 3 exercises solved, 10 minutes to go.");
    assert!(lines[5].contains("`cargo workbook test trio`"), "{text}");

    let json = fixture.workbook(&["list", "--json", "ZEB"]);
    let json: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(json.as_array().map(Vec::len), Some(1), "{json:#}");
    assert_eq!((&json[0]["name"], &json[0]["state"]), (&"zebra".into(), &"untouched".into()));
}

#[test]
fn list_finds_a_word_in_name_title_goal_and_symptoms() {
    let fixture = Fixture::shipped("search");
    for word in ["pai", "two QUESTIONS", "order of the questions", "takes longer"] {
        let text = said(&fixture.workbook(&["list", word]), 0);
        assert!(text.contains("untouched  pair"), "{word}: {text}");
    }
    let none = said(&fixture.workbook(&["list", "bananas"]), 0);
    assert!(none.contains("No exercise mentions `bananas`. `cargo workbook list`"), "{none}");
    let none = fixture.workbook(&["list", "bananas", "--json"]);
    assert_eq!(String::from_utf8_lossy(&none.stdout).trim(), "[]");
}

/// From the last run: nothing has been edited since, so nothing is built.
#[test]
fn hint_shows_one_more_with_each_call() {
    let fixture = Fixture::shipped("hints");
    ran(&fixture, Some("keeps_the_order"));
    let hint = |arguments: &[&str]| said(&fixture.workbook(arguments), 0);
    let first = hint(&["hint", "pair"]);
    assert!(first.contains("Hint 1 of 2 for the first test that fails, keeps_the_order"));
    assert!(first.contains("1. Which answer comes first?"), "{first}");
    assert!(!first.contains("keeps the order."), "{first}");
    let second = hint(&["hint", "pair"]);
    assert!(second.contains("1. Which answer") && second.contains("2. `join_all` keeps the"));
    assert!(second.contains("That is all. `cargo workbook solution pair`"), "{second}");
    assert_eq!(hint(&["hint", "pair"]), second);

    ran(&fixture, Some("asks_together"));
    assert!(hint(&["hint", "pair"]).contains("Hint 1 of 2"), "each test has its own");
    assert!(hint(&["hint", "pair", "--all"]).contains("2. `futures::future::join_all`"));
    fixture.write(EXERCISE, "// an answer\n");
    ran(&fixture, None);
    assert!(hint(&["hint", "pair"]).contains("Every test of pair passes"));
    let progress = Progress::read(&fixture.workspace, &fixture.catalogue());
    assert_eq!(progress.hints_shown(&fixture.pair(), "keeps_the_order"), 0, "solved");
}

#[test]
fn solution_shows_the_reference_after_passing_or_on_request() {
    let fixture = Fixture::shipped("solution");
    let refused = said(&fixture.workbook(&["solution", "pair"]), 3);
    assert!(refused.contains("You have not solved pair yet."), "{refused}");
    assert!(refused.contains("add --yes"), "{refused}");
    assert!(!refused.contains("join_all"), "{refused}");
    let reference = fixture.read("solutions/pair/src/reference.rs");
    let shown = said(&fixture.workbook(&["solution", "pair", "--yes"]), 0);
    assert!(shown.contains(&reference), "{shown}");

    fixture.write(EXERCISE, "// an answer\n");
    ran(&fixture, None);
    let shown = said(&fixture.workbook(&["solution", "pair"]), 0);
    assert!(shown.starts_with("solutions/pair/src/reference.rs\n"), "{shown}");
    assert!(shown.contains("solutions/pair/src/alt: `FuturesOrdered`"), "{shown}");
    let applied = said(&fixture.workbook(&["solution", "pair", "--apply"]), 0);
    assert_eq!(fixture.read(EXERCISE), reference);
    assert!(applied.contains("`cargo workbook undo pair` brings it back."), "{applied}");
    let again = said(&fixture.workbook(&["solution", "pair", "--apply", "--yes"]), 0);
    assert!(again.contains("is the reference already"), "{again}");
}

#[test]
fn an_unknown_name_is_answered_with_the_nearest() {
    let fixture = Fixture::shipped("nearest");
    let commands = [
        &["test", "pear"][..],
        &["check", "pear", "file.rs"],
        &["hint", "pear"],
        &["reset", "pear", "--yes"],
        &["solution", "pear"],
        &["undo", "pear"],
        &["bench", "pear"],
        &["verify", "pear"],
    ];
    for command in commands {
        let text = said(&fixture.workbook(command), 3);
        assert!(text.contains("no exercise is called `pear`"), "{text}");
        assert!(text.contains("Did you mean `pair`?"), "{text}");
    }
    let neither = said(&fixture.workbook(&["reset"]), 3);
    assert!(neither.contains("<NAME|--all>") || neither.contains("NAME"), "{neither}");
    said(&fixture.workbook(&["reset", "pair", "--all"]), 3);
}

#[test]
fn every_command_documents_its_exit_codes() {
    let fixture = Fixture::new("help");
    let commands = [
        "list", "test", "hint", "solution", "reset", "undo", "check", "verify", "new", "bench",
        "book",
    ];
    for command in commands {
        let text = said(&fixture.workbook(&[command, "--help"]), 0);
        assert!(text.contains("Exit codes: "), "{command}: {text}");
    }
    let text = said(&fixture.workbook(&["--help"]), 0);
    assert!(text.contains("Exit codes: 0 "), "{text}");
}
