//! Writes each test's outcome as a file, for the command and the book.
//!
//! The code under test runs in the same process. It may read and write these files like any others,
//! so each is sealed with a key that it cannot get at: the command hands it over through the
//! standard input, and it is read here once, before any of that code runs.

use std::{
    cell::RefCell,
    env, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::OnceLock,
};

use timeline::{
    outcome::{CANNOT_WRITE, Failure, Outcome, State},
    seal::Key,
};

use crate::context::Run;

/// Set, to `stdin`, where the first line of the standard input is the key to seal outcomes with.
pub(crate) const SEAL: &str = "WORKBOOK_SEAL";

thread_local! {
    /// What the last run on this thread has come to, if it has passed and that is not written yet.
    static PASSED: RefCell<Option<Passed>> = const { RefCell::new(None) };
}

/// A pass under a key. It is written when this is dropped, with the thread of the test function. A
/// function may have several runs: had it been written after the first, the code could keep a copy
/// and put it in place of what comes of the second.
struct Passed(Option<Outcome>);

impl Drop for Passed {
    fn drop(&mut self) {
        if let Some(outcome) = self.0.take() {
            write(outcome);
        }
    }
}

/// Comes before the body of any test: by then the key has been read.
pub(crate) fn started(run: &Run) {
    if let Some(mut before) = PASSED.take() {
        // There is more to come of this test.
        before.0 = None;
    }
    write(outcome(run, State::Started, None));
}

pub(crate) fn ended(run: &Run, failure: Option<&Failure>) {
    let state = if failure.is_some() { State::Failed } else { State::Passed };
    let outcome = outcome(run, state, failure);
    if state == State::Passed && key().is_some() {
        PASSED.set(Some(Passed(Some(outcome))));
    } else {
        write(outcome);
    }
}

fn outcome(run: &Run, state: State, failure: Option<&Failure>) -> Outcome {
    Outcome {
        seal: String::new(),
        test: run.test.clone(),
        state,
        failure: failure.cloned(),
        timeline: run.timeline(),
    }
}

/// Writes `<folder>/<test>.json`. A plain `cargo test` must not fail because a disk is full or the
/// folder is read-only. Who has named the folder reads the outcome, and is told the error.
fn write(mut outcome: Outcome) {
    if let Some(key) = key() {
        outcome = outcome.sealed(key);
    }
    if let Some(folder) = folder()
        && let Err(error) = replace(&folder, &outcome)
        && env::var_os("WORKBOOK_JOURNAL").is_some()
    {
        // Not `eprintln!`, which libtest captures. Where nobody listens, nothing can be done.
        let _ = writeln!(io::stderr(), "\n{CANNOT_WRITE}{}: {error}", outcome.test);
    }
}

/// The key of this run; none in a plain `cargo test`.
fn key() -> Option<&'static Key> {
    static KEY: OnceLock<Option<Key>> = OnceLock::new();
    let read = || {
        env::var_os(SEAL).filter(|value| value == "stdin")?;
        let mut line = String::new();
        io::stdin().read_line(&mut line).ok()?;
        line.trim_end().parse().ok()
    };
    KEY.get_or_init(read).as_ref()
}

/// Whole or not at all: a reader never meets half a file.
fn replace(folder: &Path, outcome: &Outcome) -> io::Result<()> {
    let test = &outcome.test;
    fs::create_dir_all(folder)?;
    let unfinished = folder.join(format!(".{test}.{}", std::process::id()));
    let written = fs::write(&unfinished, serde_json::to_vec(outcome)?)
        .and_then(|()| fs::rename(&unfinished, folder.join(format!("{test}.json"))));
    if written.is_err() {
        // A part of it may be there, and would be in the way of whoever frees some space.
        let _ = fs::remove_file(unfinished);
    }
    written
}

/// `WORKBOOK_JOURNAL`, or `target/workbook/<package>`, found from where cargo puts test binaries:
/// `target/debug/deps/<package>-<hash>`.
fn folder() -> Option<PathBuf> {
    if let Some(folder) = env::var_os("WORKBOOK_JOURNAL") {
        return Some(folder.into());
    }
    let exe = env::current_exe().ok()?;
    let deps = exe.parent().filter(|parent| parent.ends_with("deps"))?;
    let target = deps.parent()?.parent()?;
    let package = env::var("CARGO_PKG_NAME").ok()?;
    Some(target.join("workbook").join(package))
}
