//! What an exercise was shipped with: its tests, what it gives, and its starting point.
//!
//! `verify --bless` records a fingerprint of each file that an answer is built and judged with: the
//! tests, `src/given.rs` and `src/lib.rs` of the exercise, and the sources of the tools that all
//! tests use. A pass counts if they are still those. Line endings do not matter: git may change
//! them.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::catalogue::Exercise;
use crate::catalogue::recording_paths;
use crate::catalogue::workspace::{shown, test_tools};
use crate::engine::snapshot::{Snapshot, fingerprint};
use crate::learner::shipped;

/// An exercise's tests and the tools that they use, as they are now, beside those that were shipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tests {
    /// The fingerprint of those that lie in the exercise's folder.
    pub now: String,
    /// The files that are changed, missing or added, from the workbook's root. A record of what was
    /// shipped that is missing is one of them.
    pub changed: Vec<String>,
}

impl Tests {
    /// Looks at the tests of an exercise.
    pub fn of(exercise: &Exercise) -> Self {
        Self::in_snapshot(exercise, &Snapshot::of([]))
    }

    /// The same, of files that have been read.
    pub fn in_snapshot(exercise: &Exercise, snapshot: &Snapshot) -> Self {
        let root = exercise.root();
        let lines = |files: Vec<PathBuf>| {
            let print = |file: &Path| snapshot.fingerprint(file).unwrap_or_default();
            files.iter().map(|file| line(root, file, &print(file))).collect::<String>()
        };
        // A folder that cannot be read has no tests; running them will say so.
        let now = exercise.shipped_files().map(lines).unwrap_or_default();
        let mut changed = changed(root, &recording_paths::tests_file(exercise), &now);
        let tools = test_tools(root).map(lines).unwrap_or_default();
        if !tools.is_empty() {
            changed.extend(self::changed(root, &recording_paths::tools_file(root), &tools));
        }
        Self { now: fingerprint(now.as_bytes()), changed }
    }

    /// Says that they are not as shipped, with what follows from it, and what brings them back.
    /// `None`: they are.
    pub fn notice(&self, root: &Path, so: &str) -> Option<String> {
        let files = self.changed.join(" ");
        let are = match self.changed.len() {
            0 => return None,
            1 => "is",
            _ => "are",
        };
        let remedy = shipped::remedy(root, &self.changed);
        Some(format!("{files} {are} not as shipped{so}; {remedy}"))
    }
}

/// The fingerprint of an exercise's tests that were shipped; `None` where it is not recorded.
pub fn shipped(exercise: &Exercise) -> Option<String> {
    record(&recording_paths::tests_file(exercise)).map(|text| fingerprint(text.as_bytes()))
}

/// What `verify --bless` records of an exercise's tests: one line for each file.
pub fn recordable(exercise: &Exercise) -> io::Result<String> {
    recordable_files(exercise.root(), &exercise.shipped_files()?)
}

/// What `verify --bless` records of the tools that all tests use; empty where they are in
/// another workbook.
pub fn recordable_tools(root: &Path) -> io::Result<String> {
    recordable_files(root, &test_tools(root)?)
}

fn recordable_files(root: &Path, files: &[PathBuf]) -> io::Result<String> {
    let read = |file: &PathBuf| Ok(line(root, file, &fingerprint(&fs::read(file)?)));
    files.iter().map(read).collect()
}

/// The files in which a record and what could be recorded now differ, from the workbook's root.
/// A record that is missing is the only one.
pub fn changed(root: &Path, file: &Path, now: &str) -> Vec<String> {
    match record(file) {
        None => vec![shown(root, file)],
        Some(shipped) if shipped == now => Vec::new(),
        Some(shipped) => difference(&by_file(&shipped), &by_file(now)),
    }
}

fn record(file: &Path) -> Option<String> {
    fs::read_to_string(file).ok().map(|text| text.replace("\r\n", "\n"))
}

fn line(root: &Path, file: &Path, fingerprint: &str) -> String {
    format!("{fingerprint}  {}\n", shown(root, file))
}

/// Whether the learner's file is the shipped starting point. `false` where either is missing.
pub fn is_start(exercise: &Exercise) -> bool {
    match (fs::read(exercise.start()), fs::read(exercise.answer_file())) {
        (Ok(start), Ok(found)) => same(&start, &found),
        _ => false,
    }
}

/// Whether two files say the same, whatever their line endings.
pub fn same(one: &[u8], other: &[u8]) -> bool {
    without_returns(one).eq(without_returns(other))
}

fn without_returns(contents: &[u8]) -> impl Iterator<Item = u8> {
    contents.iter().copied().filter(|byte| *byte != b'\r')
}

fn by_file(text: &str) -> BTreeMap<&str, &str> {
    text.lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(print, file)| (file, print))
        .collect()
}

fn difference(one: &BTreeMap<&str, &str>, other: &BTreeMap<&str, &str>) -> Vec<String> {
    let mut files: Vec<&str> = one.keys().chain(other.keys()).copied().collect();
    files.sort_unstable();
    files.dedup();
    files.into_iter().filter(|file| one.get(file) != other.get(file)).map(str::to_owned).collect()
}
