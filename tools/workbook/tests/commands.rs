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
    let named = said(&fixture.workbook(&["list", "exercises/pair/"]), 0);
    assert!(named.contains("untouched  pair"), "{named}");
    let near = said(&fixture.workbook(&["list", "pear"]), 0);
    assert!(near.contains("No exercise mentions `pear`. Did you mean `pair`?"), "{near}");
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
    said(&fixture.workbook(&["reset", "pair", "--all"]), 3);
}

/// As completion by Tab, a page's address, or a shout have it.
#[test]
fn every_command_understands_a_name_in_its_other_forms() {
    let fixture = Fixture::shipped("forms");
    ran(&fixture, Some("keeps_the_order"));
    for form in ["PAIR", "exercises/pair/", "exercises/pair/src/answer.rs", "pair.html"] {
        let hint = said(&fixture.workbook(&["hint", form, "--all"]), 0);
        assert!(hint.contains("`cargo workbook solution pair`"), "{form}: {hint}");
        let reset = said(&fixture.workbook(&["reset", form, "--yes"]), 0);
        assert_eq!(reset, "Nothing to do: pair is as shipped.\n", "{form}");
        let solution = said(&fixture.workbook(&["solution", form, "--yes"]), 0);
        assert!(solution.starts_with("solutions/pair/src/reference.rs\n"), "{form}: {solution}");
        let undo = said(&fixture.workbook(&["undo", form]), 3);
        assert!(undo.contains("there is no kept copy of pair to restore"), "{form}: {undo}");
        let check = said(&fixture.workbook(&["check", form, "nowhere.rs"]), 3);
        assert!(check.contains("there is no file nowhere.rs"), "{form}: {check}");
        let bench = said(&fixture.workbook(&["bench", form]), 3);
        assert!(!bench.contains("no exercise is called"), "{form}: {bench}");
    }
}

/// The flaws of an exercise are told under each of its names; those of the others do not matter.
#[test]
fn an_exercise_that_is_broken_is_known_by_its_other_names() {
    let fixture = Fixture::shipped("forms-broken");
    fixture.add("trio", "");
    fixture.write("exercises/trio/exercise.toml", "minutes = \"many\"\n");
    for form in ["trio", "TRIO", "exercises/trio/"] {
        let text = said(&fixture.workbook(&["hint", form]), 3);
        assert!(text.contains("exercise.toml") && text.contains("minutes"), "{form}: {text}");
    }
    said(&fixture.workbook(&["reset", "PAIR"]), 0);
    // It harms itself alone.
    for command in [&["list"][..], &["progress"], &["test", "--all"]] {
        let text = said(&fixture.workbook(command), 0);
        assert!(text.contains("an exercise is left out: exercises/trio"), "{command:?}: {text}");
    }
}

#[test]
fn without_a_name_the_first_exercise_that_is_not_solved_is_meant() {
    let fixture = Fixture::new("no-name");
    fixture.add("trio", "");
    fixture.ship();
    fixture.write(EXERCISE, "// an answer\n");
    ran(&fixture, None);
    let trio = fixture.catalogue().find("trio").expect("it is there").clone();
    let judgement = fixture::judgement(Some("keeps_the_order"));
    progress::record(&fixture.workspace, &trio, &Seen::of(&trio), Some(&judgement));

    let hint = said(&fixture.workbook(&["hint"]), 0);
    assert!(hint.starts_with("trio  Two questions at once\n\nHint 1 of 2 for the "), "{hint}");
    let asked = said(&fixture.workbook(&["solution"]), 3);
    assert!(asked.contains("You have not solved trio yet."), "{asked}");
    let shown = said(&fixture.workbook(&["solution", "--yes"]), 0);
    assert!(shown.starts_with("solutions/trio/src/reference.rs\n"), "{shown}");
    let untouched = said(&fixture.workbook(&["reset"]), 0);
    let wanted = "Nothing to do: trio, the first that is not solved, is as shipped.\n";
    assert_eq!(untouched, wanted);

    let file = "exercises/trio/src/answer.rs";
    fixture.write(file, "// half an answer\n");
    let asked = said(&fixture.workbook(&["reset"]), 3);
    assert!(asked.contains(&format!("Give {file} its starting point again?")), "{asked}");
    for command in [&["reset", "--yes"][..], &["solution", "--apply", "--yes"]] {
        let refused = said(&fixture.workbook(command), 3);
        assert!(refused.contains("nobody is asked whether trio is meant"), "{refused}");
        let without_yes = command[..command.len() - 1].join(" ");
        let whole = format!("`cargo workbook {without_yes} trio --yes`");
        assert!(refused.contains(&whole), "{refused}");
        assert_eq!(fixture.read(file), "// half an answer\n", "nothing was guessed");
    }

    fixture.write(file, "// an answer\n");
    let passed = fixture::judgement(None);
    progress::record(&fixture.workspace, &trio, &Seen::of(&trio), Some(&passed));
    let hint = said(&fixture.workbook(&["hint"]), 0);
    assert!(hint.contains("Every exercise is solved"), "{hint}");
    for command in ["reset", "solution"] {
        let text = said(&fixture.workbook(&[command]), 3);
        assert!(text.contains(&format!("`cargo workbook {command} NAME`")), "{text}");
    }
}

#[test]
fn every_command_documents_its_exit_codes() {
    let fixture = Fixture::new("help");
    let commands = [
        "list", "test", "hint", "solution", "reset", "undo", "check", "progress", "demo", "book",
        "prepare", "verify", "new", "bench",
    ];
    for command in commands {
        let text = said(&fixture.workbook(&[command, "--help"]), 0);
        assert!(text.contains("Exit codes: "), "{command}: {text}");
    }
    let text = said(&fixture.workbook(&["--help"]), 0);
    assert!(text.contains("Exit codes: 0 "), "{text}");
}

#[test]
fn progress_shows_the_totals_and_what_is_next() {
    let fixture = Fixture::new("totals");
    fixture.add("trio", "");
    fixture.add("zebra", "");
    fixture.ship();
    fixture.write("exercises/trio/src/answer.rs", "// half an answer\n");
    fixture.write(EXERCISE, "// an answer\n");
    ran(&fixture, None);
    let text = said(&fixture.workbook(&["progress"]), 0);
    let wanted = "[#############...........................]  1 of 3 exercises\n\n\
                  1 solved, 1 started, 1 untouched. 10 of 15 minutes to go.\n\
                  Next: trio, Two questions at once, 5 minutes.\n";
    assert!(text.starts_with(wanted), "{text}");

    let json = fixture.workbook(&["progress", "--json"]);
    let json: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    let wanted = serde_json::json!({
        "exercises": 3, "solved": 1, "started": 1, "untouched": 1,
        "minutes": 15, "minutes_left": 10, "next": "trio",
        "states": [
            { "name": "pair", "state": "solved", "minutes": 5 },
            { "name": "trio", "state": "started", "minutes": 5 },
            { "name": "zebra", "state": "untouched", "minutes": 5 },
        ],
    });
    assert_eq!(json, wanted);
    let list = said(&fixture.workbook(&["list"]), 0);
    assert!(list.contains("1 of 3 exercises solved, 10 minutes to go."), "{list}");
}

#[test]
fn demo_lists_the_wrong_answers_and_knows_them_by_name_title_and_file() {
    let fixture = Fixture::shipped("demo-list");
    let list = said(&fixture.workbook(&["demo", "PAIR"]), 0);
    let wanted = "pair  Two questions at once\n\n\
                  The page teaches these anti-patterns:\n\n  \
                    in_sequence   Awaiting in a loop\n  \
                    as_they_come  Answers in completion order\n\n\
                  The page lists these under \"Also refused\":\n\n  \
                    padded        A sum at the end of the list\n\n\
                  `cargo workbook demo pair in_sequence` shows the first one fail.\n";
    assert_eq!(list, wanted);
    let unknown = said(&fixture.workbook(&["demo", "pair", "in_sequense"]), 3);
    assert!(unknown.contains("no wrong answer of pair is called `in_sequense`."), "{unknown}");
    assert!(unknown.contains("Did you mean `in_sequence`?"), "{unknown}");
    assert!(unknown.contains("`cargo workbook demo pair` lists them."), "{unknown}");
    let path = "solutions/pair/src/anti/in_sequense.rs";
    let unknown = said(&fixture.workbook(&["demo", path]), 3);
    assert!(unknown.contains("Did you mean `in_sequence`?"), "a path names both: {unknown}");
}

#[test]
fn solution_compares_the_reference_with_the_file_line_by_line() {
    let fixture = Fixture::shipped("diff");
    let diff = |code| said(&fixture.workbook(&["solution", "pair", "--diff", "--yes"]), code);
    fixture.write(EXERCISE, "//! The task.\n\nuse crate::given::*;\n\nfn own() {}\n");
    let text = diff(0);
    for line in [
        "- yours",
        "+ the reference",
        "+use futures::future::join_all;",
        " use crate::given::*;",
        "-fn own() {}",
        "+    join_all(questions.iter().map(|&question| ask(question))).await",
    ] {
        assert!(text.lines().any(|it| it == line), "{line} is missing in:\n{text}");
    }
    assert!(!text.contains("//!"), "what the file is about is not compared: {text}");
    // The reference is asked for, as without the switch.
    let asked = said(&fixture.workbook(&["solution", "pair", "--diff"]), 3);
    assert!(asked.contains("You have not solved pair yet.") && !asked.contains("join_all"));
    let both = said(&fixture.workbook(&["solution", "pair", "--diff", "--apply"]), 3);
    assert!(both.contains("cannot be used with"), "{both}");

    fixture.write(EXERCISE, &fixture.read("solutions/pair/src/reference.rs"));
    let same = diff(0);
    assert!(same.contains("Your code is the reference, line by line."), "{same}");
    std::fs::remove_file(fixture.path(EXERCISE)).expect("it was there");
    assert!(diff(3).contains("cannot read exercises/pair/src/answer.rs"));
}
