//! The recordings of an exercise: where they lie, and when two of them are the same.
//!
//! They are written by `verify --bless` and shown by the book.

use std::path::{Path, PathBuf};

use crate::catalogue::Exercise;
use crate::catalogue::manifest::START;

/// The file name of the transcript of a failing test.
pub fn transcript_name(candidate: &str, test: &str) -> String {
    format!("{candidate}.{test}.txt")
}

/// The file name of the trace of a test.
pub fn trace_name(candidate: &str, test: &str) -> String {
    format!("{candidate}.{test}.json")
}

/// The file name of the recorded numbers of a criterion group.
pub fn bench_name(group: &str) -> String {
    format!("bench.{group}.json")
}

/// The file of the recorded numbers of a criterion group.
pub fn bench_file(exercise: &Exercise, group: &str) -> PathBuf {
    exercise.recorded().join(bench_name(group))
}

/// The file name of the recorded lints.
pub const LINTS: &str = "lints.json";

/// The file of the recorded lints.
pub fn lints_file(exercise: &Exercise) -> PathBuf {
    exercise.recorded().join(LINTS)
}

/// The file name of the fingerprints of the tests as shipped.
pub const TESTS: &str = "tests.txt";

/// The file of the fingerprints of the tests as shipped.
pub fn tests_file(exercise: &Exercise) -> PathBuf {
    exercise.recorded().join(TESTS)
}

/// The file of the fingerprints of the tools that all tests use, as shipped.
pub fn tools_file(root: &Path) -> PathBuf {
    root.join("tools").join("testkit").join("shipped.txt")
}

/// The candidate and test of every transcript that the manifest asks for: each wrong answer with
/// each test that it fails, and the starting point with the first test.
pub fn transcripts(exercise: &Exercise) -> Vec<(String, String)> {
    let manifest = &exercise.manifest;
    let start = manifest.tests.keys().take(1).map(|test| (START.to_owned(), test.clone()));
    let wrong = manifest
        .wrong_answers()
        .flat_map(|wrong| wrong.tests().map(|test| (wrong.name.clone(), test.to_owned())));
    start.chain(wrong).collect()
}
