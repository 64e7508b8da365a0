//! An exercise, its files, and what its files and its manifest say differently.

use std::fs;
use std::io;
use std::iter;
use std::path::{Path, PathBuf};

use crate::catalogue::manifest::{Flaw, Manifest, REFERENCE, START, WrongAnswer};
use crate::catalogue::workspace;
use crate::pages::page;

/// An exercise and where its files lie.
#[derive(Clone, Debug)]
pub struct Exercise {
    /// The one word by which folder, package, page, bench and anchor are called.
    pub name: String,
    /// What `exercise.toml` says.
    pub manifest: Manifest,
    root: PathBuf,
}

/// What a candidate is to its exercise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The starting point, as the learner gets it.
    Start,
    /// The reference solution.
    Reference,
    /// Another right answer.
    Alternative,
    /// A wrong answer, of either rank.
    Anti,
}

/// An answer file that can replace the learner's.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Its name, unique within the exercise.
    pub name: String,
    /// What it is to the exercise.
    pub kind: Kind,
    /// The file.
    pub file: PathBuf,
}

impl Exercise {
    /// The exercise `name` of the workbook in `root`.
    pub fn new(root: &Path, name: String, manifest: Manifest) -> Self {
        Self { name, manifest, root: root.to_path_buf() }
    }

    /// The learner's side: `exercises/NAME`.
    pub fn folder(&self) -> PathBuf {
        self.root.join("exercises").join(&self.name)
    }

    /// The other side: `solutions/NAME`.
    pub fn solution(&self) -> PathBuf {
        self.root.join("solutions").join(&self.name)
    }

    /// The one file that the learner edits.
    pub fn answer_file(&self) -> PathBuf {
        self.source("answer.rs")
    }

    /// What the exercise gives: types and functions that are ready to use.
    pub fn given_file(&self) -> PathBuf {
        self.source("given.rs")
    }

    fn source(&self, file: &str) -> PathBuf {
        self.folder().join("src").join(file)
    }

    /// The starting point, as shipped.
    pub fn start(&self) -> PathBuf {
        self.solution().join("src").join("start.rs")
    }

    /// The reference solution.
    pub fn reference(&self) -> PathBuf {
        self.solution().join("src").join("reference.rs")
    }

    /// Its name and those that it had before, newest first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        iter::once(&self.name).chain(&self.manifest.formerly).map(String::as_str)
    }

    /// The exercise's tests.
    pub fn spec(&self) -> PathBuf {
        self.folder().join("tests").join(format!("{}.rs", self.name))
    }

    /// The causes for which its tests fail.
    pub fn causes_file(&self) -> PathBuf {
        self.folder().join("tests").join(&self.name).join("causes.rs")
    }

    /// The tests that spawn a right answer on a multi-thread runtime.
    pub fn spawned_file(&self) -> PathBuf {
        self.solution().join("tests").join(&self.name).join("spawned.rs")
    }

    /// All that a learner's answer is built and judged with, as shipped: the other sources of the
    /// exercise and its tests.
    pub fn shipped_files(&self) -> io::Result<Vec<PathBuf>> {
        let mut files = vec![self.given_file(), self.source("lib.rs")];
        files.retain(|file| file.is_file());
        collect(&self.folder().join("tests"), &mut files)?;
        files.sort();
        Ok(files)
    }

    /// What it is built by: its manifests, that of the workbook, the versions, cargo's settings.
    pub fn build_files(&self) -> [PathBuf; 5] {
        [
            self.folder().join("Cargo.toml"),
            self.folder().join("exercise.toml"),
            self.root.join("Cargo.toml"),
            self.root.join("Cargo.lock"),
            self.root.join(".cargo").join("config.toml"),
        ]
    }

    /// The sources of the learner: the answer file, and what else lies beside it.
    pub fn learners_files(&self) -> io::Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        collect(&self.folder().join("src"), &mut files)?;
        files.retain(|file| *file != self.given_file() && *file != self.source("lib.rs"));
        Ok(files)
    }

    /// The exercise's page.
    pub fn page(&self) -> PathBuf {
        page::file(&self.root, &self.name)
    }

    /// The folder of its recordings.
    pub fn recorded(&self) -> PathBuf {
        self.solution().join("recorded")
    }

    /// The file of a case of its `[lints]`.
    pub fn lint_case(&self, name: &str) -> PathBuf {
        self.solution().join("src").join("lints").join(format!("{name}.rs"))
    }

    /// The workspace's root.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// All candidates: start, reference, alternatives, wrong answers, as the manifest has them.
    pub fn candidates(&self) -> Vec<Candidate> {
        let fixed =
            [(START, Kind::Start, self.start()), (REFERENCE, Kind::Reference, self.reference())]
                .map(|(name, kind, file)| Candidate { name: name.to_owned(), kind, file });
        let listed = |folder: &'static str, kind, name: &String| Candidate {
            name: name.clone(),
            kind,
            file: self.solution().join("src").join(folder).join(format!("{name}.rs")),
        };
        let alternatives =
            self.manifest.alternatives.keys().map(|name| listed("alt", Kind::Alternative, name));
        let wrong =
            self.manifest.wrong_answers().map(|wrong| listed("anti", Kind::Anti, &wrong.name));
        fixed.into_iter().chain(alternatives).chain(wrong).collect()
    }

    /// Whether the candidate has to be fit for a multi-thread runtime.
    pub fn is_spawned(&self, candidate: &Candidate) -> bool {
        match candidate.kind {
            Kind::Start | Kind::Anti => false,
            Kind::Reference => true,
            Kind::Alternative => {
                let alternative = self.manifest.alternatives.get(&candidate.name);
                alternative.is_some_and(|alternative| alternative.single_threaded.is_none())
            }
        }
    }

    /// What its files and its manifest say differently: files that are not listed, and listed
    /// ones that are not there.
    pub fn file_flaws(&self) -> Vec<Flaw> {
        let mut flaws = self.missing();
        flaws.extend(self.unlisted());
        flaws.extend(self.manifest.wrong_answers().filter_map(|wrong| self.guilty_line(wrong)));
        flaws
    }

    fn shown(&self, file: &Path) -> String {
        workspace::shown(&self.root, file)
    }

    fn manifest_file(&self) -> PathBuf {
        Path::new("exercises").join(&self.name).join("exercise.toml")
    }

    /// Files that the manifest lists, or that every exercise has, and that are not there.
    fn missing(&self) -> Vec<Flaw> {
        let manifest = self.manifest_file();
        let candidates = self.candidates().into_iter().map(|one| (one.name, one.file));
        let cases = self.manifest.lints.keys().map(|name| (name.clone(), self.lint_case(name)));
        let listed = candidates.chain(cases).map(|(name, file)| {
            let what = format!("is not there, and {} asks for it", manifest.display());
            (file, what, format!("Write it, or take `{name}` out."))
        });
        let always = [
            (self.answer_file(), "Copy the starting point there, src/start.rs of the solution."),
            (
                self.given_file(),
                "Write what the exercise gives, or one comment that it is nothing.",
            ),
            (self.source("lib.rs"), "Copy the one of another exercise."),
            (self.spec(), "Write the tests, one behaviour each."),
            (
                self.causes_file(),
                "Declare the causes of the tests with `testkit::causes!`, so that a failure has an \
                 id.",
            ),
            (
                self.spawned_file(),
                "Write a test that calls the reference in `tokio::spawn` on a multi-thread \
                 runtime.",
            ),
        ];
        let always = always.map(|(file, remedy)| {
            (file, "is not there, and every exercise has one".to_owned(), remedy.to_owned())
        });
        listed
            .chain(always)
            .filter(|(file, ..)| !file.is_file())
            .map(|(file, what, remedy)| Flaw {
                file: PathBuf::from(self.shown(&file)),
                field: None,
                what,
                remedy,
            })
            .collect()
    }

    /// Files that the manifest does not list.
    fn unlisted(&self) -> Vec<Flaw> {
        let known = |folder: &str, name: &str| match folder {
            "alt" => self.manifest.alternatives.contains_key(name),
            "lints" => self.manifest.lints.contains_key(name),
            _ => self.manifest.wrong_answer(name).is_some(),
        };
        let mut flaws = Vec::new();
        for (folder, table) in [("alt", "alternatives"), ("anti", "anti"), ("lints", "lints")] {
            for path in rust_files(&self.solution().join("src").join(folder)) {
                let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                if known(folder, &name) {
                    continue;
                }
                let or =
                    if folder == "anti" { format!(" or [refused.{name}]") } else { String::new() };
                flaws.push(Flaw {
                    file: self.manifest_file(),
                    field: Some(format!("{table}.{name}")),
                    what: format!("is missing, though {} is there", self.shown(&path)),
                    remedy: format!(
                        "Describe the file in a table [{table}.{name}]{or}, or delete it."
                    ),
                });
            }
        }
        flaws
    }

    /// The line to mark on the page is exactly one line of the file.
    fn guilty_line(&self, wrong: &WrongAnswer) -> Option<Flaw> {
        let guilty = wrong.guilty.as_ref()?.trim();
        let file = self.solution().join("src").join("anti").join(format!("{}.rs", wrong.name));
        // What is not there has been reported.
        let text = fs::read_to_string(&file).ok()?;
        let count = text.lines().filter(|line| line.trim() == guilty).count();
        let shown = self.shown(&file);
        let what = match count {
            1 => return None,
            0 => format!("is no line of {shown}"),
            more => format!("is {more} lines of {shown}, and the page marks one"),
        };
        Some(Flaw {
            file: self.manifest_file(),
            field: Some(format!("{}.guilty", wrong.table())),
            what,
            remedy: "Copy the whole line that makes the answer wrong, one that is there once."
                .to_owned(),
        })
    }
}

/// The Rust files of a folder, and of those in it.
pub(super) fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    // No such folder means no such files: an exercise may do without alternatives.
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    files.sort();
    files
}
