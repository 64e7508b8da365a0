//! Troubles of the learner's files and machine, each named as what it is.

mod fixture;

use fixture::{EXERCISE, Fixture, said};
use serde_json::Value;

/// An answer with that body.
fn answer(body: &str) -> String {
    format!(
        "pub async fn ask_all(ask: impl AsyncFn(u32) -> u32, questions: &[u32]) -> Vec<u32> {{\n\
         let _ = (&ask, questions);\n{body}\n}}\n"
    )
}

#[test]
fn what_the_code_prints_is_shown_below_the_failure_of_its_test() {
    let fixture = &Fixture::shipped("prints");
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
