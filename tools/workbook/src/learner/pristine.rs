//! What an exercise was shipped with: its tests, what it gives, and its starting point.
//!
//! `verify --bless` records a fingerprint of each file that an answer is built and judged with: the
//! tests, `src/given.rs` and `src/lib.rs`. A pass counts if they are still those. Line endings do not
//! matter: git may change them.

use std::collections::BTreeMap;
use std::fs;
use std::hash::Hasher as _;
use std::io;

use fnv::FnvHasher;

use crate::catalogue::Exercise;
use crate::catalogue::recording_paths;
use crate::catalogue::workspace::shown;

/// An exercise's tests and what it gives, as they are now, beside those that were shipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tests {
    /// The fingerprint of those that lie in the exercise's folder.
    pub now: String,
    /// The fingerprint of those that were shipped; `None` where it is not recorded.
    pub shipped: Option<String>,
    /// The files that are changed, missing or added, from the workbook's root.
    pub changed: Vec<String>,
}

impl Tests {
    /// Looks at the tests of an exercise.
    pub fn of(exercise: &Exercise) -> Self {
        // A folder that cannot be read has no tests; running them will say so.
        let now = recordable(exercise).unwrap_or_default();
        let shipped = fs::read_to_string(recording_paths::tests_file(exercise)).ok();
        let shipped = shipped.map(|text| text.replace("\r\n", "\n"));
        let changed = match &shipped {
            Some(shipped) if *shipped != now => difference(&by_file(shipped), &by_file(&now)),
            _ => Vec::new(),
        };
        let print = |text: &str| fingerprint(text.as_bytes());
        Self { now: print(&now), shipped: shipped.as_deref().map(print), changed }
    }
}

/// What `verify --bless` records of an exercise's tests: one line for each file.
pub fn recordable(exercise: &Exercise) -> io::Result<String> {
    let mut text = String::new();
    for file in exercise.shipped_files()? {
        let print = fingerprint(&fs::read(&file)?);
        let line = format!("{print}  {}\n", shown(exercise.root(), &file));
        text.push_str(&line);
    }
    Ok(text)
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

/// A short name for a file's contents, whatever its line endings.
pub fn fingerprint(contents: &[u8]) -> String {
    let mut hasher = FnvHasher::default();
    without_returns(contents).for_each(|byte| hasher.write_u8(byte));
    format!("{:016x}", hasher.finish())
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
