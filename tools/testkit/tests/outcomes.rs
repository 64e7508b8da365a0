//! What a test leaves behind for the command that started it: this binary is started again, as the
//! command does it.
#![cfg(unix)]

use std::{
    env, fs,
    io::Write,
    path::PathBuf,
    process::{self, Command, Stdio},
};

use timeline::{
    outcome::{Outcome, State},
    seal::Key,
};

/// Set in the process that is started for one of the tests below.
const CHILD: &str = "OUTCOMES_CHILD";

const KEY: Key = Key::new([7, 11]);

/// The code of the process that ran this test, and its outcome.
fn run(test: &str) -> (Option<i32>, Outcome) {
    let folder = env::temp_dir().join(format!("outcomes-{}-{test}", process::id()));
    let mut child = Command::new(env::current_exe().expect("a test has a binary"))
        .args(["--exact", test])
        .env(CHILD, "yes")
        .env("RUST_TEST_THREADS", "16")
        .env("WORKBOOK_JOURNAL", &folder)
        .env("WORKBOOK_SEAL", "stdin")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a test can start a process");
    let mut input = child.stdin.take().expect("it is piped");
    writeln!(input, "{KEY}").expect("it is read");
    drop(input);
    let code = child.wait().expect("it ends").code();
    let json = fs::read(folder.join(format!("{test}.json"))).expect("it has an outcome");
    fs::remove_dir_all(&folder).expect("it is there");
    (code, serde_json::from_slice(&json).expect("an outcome"))
}

fn is_child() -> bool {
    env::var_os(CHILD).is_some()
}

#[test]
fn a_pass_is_sealed() {
    if is_child() {
        return testkit::run(async || {});
    }
    let (code, outcome) = run("a_pass_is_sealed");
    assert_eq!((code, outcome.state), (Some(0), State::Passed));
    assert!(outcome.is_sealed_by(&KEY));
    assert!(!outcome.is_sealed_by(&Key::new([7, 12])));
}

#[test]
fn a_pass_is_not_written_before_the_last_run_of_its_test() {
    if is_child() {
        testkit::run(async || {});
        let folder = PathBuf::from(env::var_os("WORKBOOK_JOURNAL").expect("a folder"));
        let test = "a_pass_is_not_written_before_the_last_run_of_its_test.json";
        let before = fs::read_to_string(folder.join(test)).expect("the first run has begun");
        assert!(before.contains("started") && !before.contains("passed"), "{before}");
        testkit::run(async || process::exit(0));
    }
    let (code, outcome) = run("a_pass_is_not_written_before_the_last_run_of_its_test");
    assert_eq!((code, outcome.state), (Some(0), State::Started));
    assert!(outcome.is_sealed_by(&KEY));
}

#[test]
fn the_key_is_out_of_reach_of_the_code() {
    if is_child() {
        return testkit::run(async || {
            let mut rest = String::new();
            std::io::stdin().read_line(&mut rest).expect("it can be read");
            assert_eq!(rest, "", "it has been read");
            let key = KEY.to_string();
            assert!(env::vars().all(|(_, value)| !value.contains(&key)));
        });
    }
    let (code, outcome) = run("the_key_is_out_of_reach_of_the_code");
    assert_eq!((code, outcome.state), (Some(0), State::Passed), "{:?}", outcome.failure);
}
