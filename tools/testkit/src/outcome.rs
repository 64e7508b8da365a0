//! Writes each test's outcome as a file, for the command and the book.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use timeline::outcome::{Failure, Outcome, State};

use crate::context::Run;

pub(crate) fn started(run: &Run) {
    write(run, State::Started, None);
}

pub(crate) fn ended(run: &Run, failure: Option<&Failure>) {
    let state = if failure.is_some() { State::Failed } else { State::Passed };
    write(run, state, failure);
}

/// Writes `<folder>/<test>.json`. A plain `cargo test` must not fail because a disk is full or the
/// folder is read-only, so an error is left to whoever looks for the file.
fn write(run: &Run, state: State, failure: Option<&Failure>) {
    let outcome = Outcome {
        run: env::var("WORKBOOK_RUN").unwrap_or_default(),
        test: run.test.clone(),
        state,
        failure: failure.cloned(),
        timeline: run.timeline(),
    };
    if let Some(folder) = folder() {
        let _ = replace(&folder, &run.test, &outcome);
    }
}

/// Whole or not at all: a reader never meets half a file.
fn replace(folder: &Path, test: &str, outcome: &Outcome) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let unfinished = folder.join(format!(".{test}.{}", std::process::id()));
    fs::write(&unfinished, serde_json::to_vec(outcome)?)?;
    fs::rename(unfinished, folder.join(format!("{test}.json")))
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
