//! Everything that decides how a run of the learner's file comes out, as one hash.
//!
//! The learner's files, with every file that they pull in; the tests, what the exercise gives, and
//! the tools that the tests use; the manifests, the resolved versions, and the compiler. A run
//! is remembered by this hash: where it is another, nothing is known until the tests have run again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::catalogue::Exercise;
use crate::catalogue::toolchain;
use crate::catalogue::workspace::{shown, test_tools};
use crate::engine::snapshot::{Snapshot, fingerprint, normalised};

/// The contents of everything that decides how a run comes out, at one moment.
#[derive(Clone, Debug)]
pub struct Inputs {
    /// The files, read.
    pub snapshot: Snapshot,
    root: PathBuf,
    /// Those of them that every run of the exercise has.
    known: BTreeSet<PathBuf>,
    /// Those that rustc has listed as well: modules, and whatever is included.
    also: BTreeSet<PathBuf>,
}

impl Inputs {
    /// Reads what a run that begins now will be built from, as far as that can be known before it
    /// is built.
    pub fn of(exercise: &Exercise) -> Self {
        Self::with(exercise, &[])
    }

    /// The same, with other files that a former run was built from, named from the root.
    pub fn with(exercise: &Exercise, also: &[String]) -> Self {
        let root = exercise.root().to_path_buf();
        let mut known = BTreeSet::from(exercise.build_files());
        known.insert(exercise.answer_file());
        known.extend(exercise.shipped_files().unwrap_or_default());
        known.extend(test_tools(&root).unwrap_or_default());
        let also = also.iter().map(|file| normalised(&root.join(file))).collect();
        // What lies beside the answer may be one of its modules. It is read, and counts if it is.
        let beside = exercise.learners_files().unwrap_or_default();
        let files: BTreeSet<PathBuf> = known.iter().chain(&beside).chain(&also).cloned().collect();
        Self { snapshot: Snapshot::of(files), root, known, also }
    }

    /// Takes note of the files that the run was really built from.
    pub fn built_from(&mut self, sources: &[PathBuf]) {
        // Cargo brings it up to date itself, before it builds.
        self.snapshot.read_again(&self.root.join("Cargo.lock"));
        let sources = sources.iter().map(|file| normalised(file));
        self.also.extend(sources.filter(|file| !self.known.contains(file)));
    }

    /// The files that rustc has listed besides those that every run of the exercise has, named from
    /// the root.
    pub fn also(&self) -> Vec<String> {
        self.also.iter().map(|file| shown(&self.root, file)).collect()
    }

    /// The one hash.
    pub fn hash(&self) -> String {
        let line = |file| {
            let print = self.snapshot.fingerprint(file).unwrap_or_default();
            format!("{print}  {}\n", shown(&self.root, file))
        };
        let lines: String = self.files().map(line).collect();
        fingerprint([toolchain::compiler(), &lines].concat().as_bytes())
    }

    /// The files that are others now than when they were read, named from the root.
    pub fn saved_since(&self) -> Vec<String> {
        let saved = self.files().filter(|file| !self.snapshot.still_holds(file));
        saved.map(|file| shown(&self.root, file)).collect()
    }

    fn files(&self) -> impl Iterator<Item = &Path> {
        self.known.iter().chain(&self.also).map(PathBuf::as_path)
    }
}
