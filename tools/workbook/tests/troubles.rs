//! Troubles of the learner's files and machine, each named as what it is.

mod fixture;

#[cfg(unix)]
use std::process::Output;

use fixture::{EXERCISE, Fixture, said};
use serde_json::Value;

/// An answer with that body.
fn answer(body: &str) -> String {
    format!(
        "pub async fn ask_all(ask: impl AsyncFn(u32) -> u32, questions: &[u32]) -> Vec<u32> {{\n\
         let _ = (&ask, questions);\n{body}\n}}\n"
    )
}

// One after another: what the first has built, the others have at hand.
#[test]
fn what_the_code_does_is_told() {
    let fixture = &Fixture::shipped("prints");
    what_it_prints_is_shown_below_the_failure_of_its_test(fixture);
    words_in_the_code_are_not_taken_for_what_is_in_the_way(fixture);
    a_long_message_is_bounded(fixture);
    a_million_lines_are_no_reason_for_a_failure(fixture);
    another_locale_has_its_drawings_in_ascii(fixture);
}

fn what_it_prints_is_shown_below_the_failure_of_its_test(fixture: &Fixture) {
    let prints = "println!(\"\\x1b[2Jon its thread\");\n\
                  std::thread::spawn(|| eprintln!(\"on another\")).join().unwrap();\n\
                  for number in 0..1000 { dbg!(number); }\nVec::new()";
    fixture.write(EXERCISE, &answer(prints));
    let text = said(&fixture.workbook(&["test", "pair"]), 1);
    let shown = "\nWhat this test printed:\n\n  (left out above: 982 lines)\n  [";
    assert!(text.contains(shown), "{text}");
    assert!(text.contains("] number = 980\n"), "{text}");
    assert!(text.contains("] number = 999\n\n2 of 2 tests to go."), "{text}");
    assert!(!text.contains("number = 979\n"), "{text}");

    let file = fixture.path(EXERCISE).display().to_string();
    let text = said(&fixture.workbook(&["check", "pair", &file]), 1);
    assert!(text.contains("] number = 999\n\nRejected"), "{text}");

    fixture.write(EXERCISE, &answer(&prints.replace("0..1000", "0..1")));
    let output = fixture.workbook(&["check", "pair", &file, "--json"]);
    let json: Value = serde_json::from_slice(&output.stdout).expect("a report");
    let printed = &json["tests"][0]["printed"];
    let text = printed["text"].as_str().expect("it has printed");
    assert!(text.starts_with("on its thread\non another\n["), "{text}");
    assert_eq!(printed["lines_left_out"], 0);

    fixture.write(EXERCISE, &fixture.read("solutions/pair/src/reference.rs"));
    assert!(!said(&fixture.workbook(&["test", "pair"]), 0).contains("printed"));
}

/// The command with a cargo that fails with this message of the compiler, and these words.
#[cfg(unix)]
fn with_cargo(fixture: &Fixture, arguments: &[&str], message: &str, words: &str) -> Output {
    let rendered = format!("error: {message}\n  |\n  = note: \"cc\" \"-m64\"\n\n");
    let diagnostic = serde_json::json!({
        "reason": "compiler-message",
        "manifest_path": fixture.path("exercises/pair/Cargo.toml"),
        "message": { "level": "error", "message": message, "rendered": rendered, "spans": [] }
    });
    let message = if message.is_empty() { String::new() } else { diagnostic.to_string() };
    let mut command = fixture.command(arguments);
    command.env("CARGO", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/troubles/cargo.sh"));
    command.env("CARGO_MESSAGE", message).env("CARGO_WORDS", words);
    command.output().expect("the command can be started")
}

#[test]
#[cfg(unix)]
fn what_is_in_the_way_of_a_build_is_not_blamed_on_the_code() {
    let fixture = &Fixture::shipped("obstacles");
    let file = fixture.path(EXERCISE).display().to_string();
    let full = "error: failed to write `/w/target/x`\n\nCaused by:\n  \
                No space left on device (os error 28)";
    let read_only = "error: Read-only file system (os error 30) at path \"/w/target\"";
    let linker = "linking with `cc` failed: exit status: 1\n collect2: fatal error: ld \
                  terminated with signal 7 [Bus error]";
    for (message, words, what, remedy) in [
        ("", full, "the disk is full", "Free some space"),
        ("", read_only, "the workbook's files cannot be written", "CARGO_TARGET_DIR"),
        (linker, "", "the disk is full", "Free some space"),
        ("linker `cc` not found", "", "Rust needs a C compiler", "apt install build-essential"),
    ] {
        for arguments in [&["test", "pair"][..], &["check", "pair", &file]] {
            let text = said(&with_cargo(fixture, arguments, message, words), 4);
            assert!(text.contains(&format!("Not judged: {what}")), "{text}");
            assert!(text.contains("This says nothing about your code."), "{text}");
            assert!(text.contains(remedy), "{text}");
            assert!(!text.contains("does not compile"), "{text}");
        }
        let output = with_cargo(fixture, &["check", "pair", &file, "--json"], message, words);
        assert_eq!(output.status.code(), Some(4));
        let json: Value = serde_json::from_slice(&output.stdout).expect("a report");
        assert_eq!((&json["verdict"], &json["exercise"]), (&"not judged".into(), &"pair".into()));
        let obstacle = &json["obstacle"];
        assert_eq!(obstacle["what"].as_str().map(|it| it.starts_with(what)), Some(true), "{json}");
        assert!(obstacle["remedy"].as_str().is_some_and(|it| it.contains(remedy)), "{json}");
        let said = obstacle["said"].as_str().expect("what was said");
        assert!(format!("{message}{words}").contains(said), "{json}");
        let none = Value::Array(Vec::new());
        assert_eq!((&json["tests"], &json["errors"]), (&none, &none));
    }
    assert!(!fixture.path(".workbook").exists(), "there is no run to be remembered");

    // What cargo itself cannot do is no fault of the code either.
    let text = said(&with_cargo(fixture, &["test", "pair"], "", "error: no such thing"), 3);
    assert!(text.contains("cargo could not build the tests of pair\n\nerror: no such thing"));
    let json = ["check", "pair", &file, "--json"];
    let output = with_cargo(fixture, &json, "", "error: no such thing");
    assert!(output.stdout.is_empty() && said(&output, 3).contains("error: no such thing"));
}

fn words_in_the_code_are_not_taken_for_what_is_in_the_way(fixture: &Fixture) {
    let code = "let full: u32 = \"No space left on device (os error 28)\"; vec![full]";
    fixture.write(EXERCISE, &answer(code));
    let text = said(&fixture.workbook(&["test", "pair"]), 2);
    assert!(text.contains("mismatched types") && text.contains("os error 28"), "{text}");
    assert!(text.contains("it does not compile\nThe compiler's messages are above."), "{text}");
}

fn a_long_message_is_bounded(fixture: &Fixture) {
    let panics = "panic!(\"begin {} the end\", \"long \".repeat(600_000));";
    fixture.write(EXERCISE, &answer(panics));
    let text = said(&fixture.workbook(&["test", "pair"]), 1);
    assert!(text.len() < 12_000, "{} bytes", text.len());
    assert!(text.contains("begin long long "), "{text}");
    assert!(text.contains("\n  (left out here: 31"), "{text}");
    assert!(text.contains("the end"), "{text}");
}

fn a_million_lines_are_no_reason_for_a_failure(fixture: &Fixture) {
    let prints = "for number in 0..1_000_000 { println!(\"line {number}\"); }\n";
    let right = "futures::future::join_all(questions.iter().map(|&it| ask(it))).await";
    fixture.write(EXERCISE, &answer(&format!("{prints}{right}")));
    assert!(said(&fixture.workbook(&["test", "pair"]), 0).contains("Solved."));
    let wrong = "let mut all = vec![];\nfor &it in questions { all.push(ask(it).await); }\nall";
    fixture.write(EXERCISE, &answer(&format!("{prints}{wrong}")));
    let text = said(&fixture.workbook(&["test", "pair"]), 1);
    assert!(text.contains("the calls were made one after another"), "{text}");
    assert!(text.contains("(left out above: 999980 lines)\n  line 999980\n"), "{text}");
}

fn another_locale_has_its_drawings_in_ascii(fixture: &Fixture) {
    fixture.write(EXERCISE, &fixture.read("solutions/pair/src/anti/in_sequence.rs"));
    let run = |locale: &str, arguments: &[&str]| {
        let mut command = fixture.command(arguments);
        command.env("LC_ALL", locale);
        said(&command.output().expect("the command can be started"), 1)
    };
    let shown = |locale: &str| run(locale, &["test", "pair"]);
    assert!(run("C.UTF-8", &["test", "--all"]).contains("✗ pair"));
    let all = run("C", &["test", "--all"]);
    assert!(all.is_ascii() && all.contains("  x pair"), "{all}");
    assert!(shown("C.UTF-8").contains("call 3     ▐▌"));
    let text = shown("C");
    assert!(text.is_ascii(), "{text}");
    assert!(text.contains("call 3     []") && text.contains("  x asks_together\n"), "{text}");
}
