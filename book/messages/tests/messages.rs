//! Every program here is told what is recorded beside it, and the page explains each.
//!
//! After a change, or with a new compiler: `TRYBUILD=overwrite cargo test -p messages`.

use std::{
    collections::BTreeSet, env, ffi::OsStr, fs, path::Path, process::Command,
};

const ON_THE_PAGE: &str = include_str!("../../src/messages.md");

#[test]
fn what_does_not_compile_is_told_why() {
    trybuild::TestCases::new().compile_fail("compile/*.rs");
}

#[test]
fn what_fails_while_it_runs_is_told_why() {
    let built = env::current_exe().expect("this test is a program");
    let built = built
        .ancestors()
        .nth(2)
        .expect("it is in target/debug/deps");
    for name in names("src/bin") {
        let run = Command::new(built.join(&name))
            .env("RUST_BACKTRACE", "0")
            .output();
        let run = run.unwrap_or_else(|error| panic!("{name}: {error}"));
        let told = message(&String::from_utf8_lossy(&run.stderr));

        let recording = format!("src/bin/{name}.txt");
        if env::var_os("TRYBUILD").is_some_and(|it| it == "overwrite") {
            fs::write(&recording, &told).expect("the folder can be written to");
        }
        let recorded = fs::read_to_string(&recording).unwrap_or_default();
        assert_eq!(told, recorded, "{recording}");
    }
}

#[test]
fn the_page_shows_each() {
    let programs: BTreeSet<_> =
        ["compile", "src/bin"].into_iter().flat_map(names).collect();
    let shown = ON_THE_PAGE
        .lines()
        .filter_map(|line| {
            line.strip_prefix("{{#message ")?.split([' ', '}']).next()
        })
        .map(str::to_owned)
        .collect();
    assert_eq!(programs, shown);
}

/// The programs of a folder.
fn names(folder: &str) -> Vec<String> {
    let files = fs::read_dir(Path::new(folder)).expect("the folder is there");
    let paths = files.map(|file| file.expect("it can be read").path());
    paths
        .filter(|path| path.extension() == Some(OsStr::new("rs")))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect()
}

/// What a program said, without what differs from run to run and from machine
/// to machine: threads, places, and how to get a backtrace.
fn message(said: &str) -> String {
    let told = said.lines().filter(|line| {
        !line.is_empty()
            && !line.starts_with("thread '")
            && !line.starts_with("note: run with")
    });
    let mut message = told.collect::<Vec<_>>().join("\n");
    message.push('\n');
    message
}
