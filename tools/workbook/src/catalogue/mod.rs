//! The exercises, in the order of the book, and the files that belong to each.
//!
//! - [`manifest`]: `exercise.toml`, its types and its rules
//! - [`recording_paths`]: the recordings of an exercise, and where they are
//! - [`mod@bench`] and [`lints`]: the recorded numbers and lints
//! - [`workspace`]: the root folder, the target folder, the lockfile; [`toolchain`]: which rustc

pub mod bench;
pub mod lints;
pub mod manifest;
pub mod recording_paths;
pub mod toolchain;
pub mod workspace;

use std::fs;
use std::iter;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::catalogue::manifest::{Flaw, Manifest, REFERENCE, START, nearest};
use crate::pages::page;

/// All exercises, in the order of the book.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// The folder that holds the workbook.
    pub root: PathBuf,
    /// The exercises. Those without a page come last, by name.
    pub exercises: Vec<Exercise>,
}

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
    /// A wrong answer.
    Anti,
}

/// A file that can stand in an exercise's place.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Its name, unique within the exercise.
    pub name: String,
    /// What it is to the exercise.
    pub kind: Kind,
    /// The file.
    pub file: PathBuf,
}

impl Catalogue {
    /// Reads every `exercises/*/exercise.toml`. All that is wrong with them is said at once.
    pub fn load(root: &Path) -> Result<Self> {
        let (catalogue, flaws) = Self::survey(root)?;
        if flaws.is_empty() {
            return Ok(catalogue);
        }
        let all: Vec<String> = flaws.iter().map(Flaw::to_string).collect();
        bail!("{}", all.join("\n"));
    }

    /// Reads the catalogue for the sake of one exercise: the flaws of the others do not matter.
    /// An unknown name is an error that suggests the nearest.
    pub fn load_for(root: &Path, name: &str) -> Result<Self> {
        let (catalogue, flaws) = Self::survey(root)?;
        let folder = Path::new("exercises").join(name);
        let its: Vec<String> = flaws
            .iter()
            .filter(|flaw| flaw.file.starts_with(&folder))
            .map(Flaw::to_string)
            .collect();
        if !its.is_empty() {
            bail!("{}", its.join("\n"));
        }
        catalogue.find(name)?;
        Ok(catalogue)
    }

    /// As [`Catalogue::load_for`] where there is a name; else every exercise that is sound.
    pub fn load_around(root: &Path, name: Option<&str>) -> Result<Self> {
        match name {
            Some(name) => Self::load_for(root, name),
            None => Ok(Self::survey(root)?.0),
        }
    }

    /// As [`Catalogue::load`], but keeps the exercises that are sound and hands back the flaws of
    /// the others.
    pub fn survey(root: &Path) -> Result<(Self, Vec<Flaw>)> {
        let folder = root.join("exercises");
        let mut names = Vec::new();
        let entries = fs::read_dir(&folder)
            .with_context(|| format!("cannot read the folder {}", folder.display()))?;
        for entry in entries {
            let path = entry.with_context(|| format!("cannot read {}", folder.display()))?.path();
            if path.is_dir()
                && let Some(name) = path.file_name().and_then(|name| name.to_str())
                && !name.starts_with('.')
            {
                names.push(name.to_owned());
            }
        }
        let order = page::order_of_the_book(root);
        let place = |name: &String| order.iter().position(|page| page == name);
        names.sort_by_cached_key(|name| (place(name).unwrap_or(usize::MAX), name.clone()));

        let mut exercises = Vec::new();
        let mut flaws = Vec::new();
        for name in names {
            let shown = Path::new("exercises").join(&name).join("exercise.toml");
            match Manifest::read(&root.join(&shown), &shown) {
                Ok(manifest) => {
                    exercises.push(Exercise { name, manifest, root: root.to_path_buf() });
                }
                Err(found) => flaws.extend(found),
            }
        }
        flaws.extend(clashing_names(&exercises));
        Ok((Self { root: root.to_path_buf(), exercises }, flaws))
    }

    /// The exercise of that name, or an error that suggests the nearest.
    pub fn find(&self, name: &str) -> Result<&Exercise> {
        let found = self.exercises.iter().find(|exercise| exercise.name == name);
        found.with_context(|| {
            let renamed = self.exercises.iter().find(|known| known.names().any(|old| old == name));
            if let Some(Exercise { name: new, .. }) = renamed {
                return format!("`{name}` is called `{new}` now.");
            }
            let near = nearest(name, self.exercises.iter().map(|known| known.name.as_str()));
            format!("no exercise is called `{name}`.{near} `cargo workbook list` shows them all.")
        })
    }
}

impl Exercise {
    /// The learner's side: `exercises/NAME`.
    pub fn folder(&self) -> PathBuf {
        self.root.join("exercises").join(&self.name)
    }

    /// The other side: `solutions/NAME`.
    pub fn solution(&self) -> PathBuf {
        self.root.join("solutions").join(&self.name)
    }

    /// The file that the learner edits.
    pub fn learners_file(&self) -> PathBuf {
        self.folder().join("src").join("lib.rs")
    }

    /// The starting point, as shipped.
    pub fn start(&self) -> PathBuf {
        self.solution().join("src").join("start.rs")
    }

    /// The reference solution.
    pub fn reference(&self) -> PathBuf {
        self.solution().join("src").join("lib.rs")
    }

    /// Its name and those that it had before, newest first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        iter::once(&self.name).chain(&self.manifest.formerly).map(String::as_str)
    }

    /// The exercise's tests.
    pub fn spec(&self) -> PathBuf {
        self.folder().join("tests").join(format!("{}.rs", self.name))
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

    /// All candidates: start, reference, alternatives, anti-patterns, as the manifest has them.
    pub fn candidates(&self) -> Vec<Candidate> {
        let source = self.solution().join("src");
        let fixed = [(START, Kind::Start, "start.rs"), (REFERENCE, Kind::Reference, "lib.rs")].map(
            |(name, kind, file)| Candidate { name: name.to_owned(), kind, file: source.join(file) },
        );
        let listed = |folder: &'static str, kind, name: &String| Candidate {
            name: name.clone(),
            kind,
            file: source.join(folder).join(format!("{name}.rs")),
        };
        let alternatives =
            self.manifest.alternatives.keys().map(|name| listed("alt", Kind::Alternative, name));
        let anti = self.manifest.anti.keys().map(|name| listed("anti", Kind::Anti, name));
        fixed.into_iter().chain(alternatives).chain(anti).collect()
    }

    /// What its files and its manifest say differently: files that are not listed, and listed
    /// ones that are not there.
    pub fn file_flaws(&self) -> Vec<Flaw> {
        let manifest = Path::new("exercises").join(&self.name).join("exercise.toml");
        let shown = |file: &Path| workspace::shown(&self.root, file);
        let mut flaws = Vec::new();
        let candidates = self.candidates().into_iter().map(|one| (one.name, one.file));
        let cases = self.manifest.lints.keys().map(|name| (name.clone(), self.lint_case(name)));
        for (name, file) in candidates.chain(cases) {
            if !file.is_file() {
                flaws.push(Flaw {
                    file: PathBuf::from(shown(&file)),
                    field: None,
                    what: format!("is not there, and {} asks for it", manifest.display()),
                    remedy: format!("Write it, or take `{name}` out."),
                });
            }
        }
        for file in [self.learners_file(), self.spec()] {
            if !file.is_file() {
                flaws.push(Flaw {
                    file: PathBuf::from(shown(&file)),
                    field: None,
                    what: "is not there".to_owned(),
                    remedy: "Every exercise has one: write it.".to_owned(),
                });
            }
        }
        let known = |folder: &str, name: &str| match folder {
            "alt" => self.manifest.alternatives.contains_key(name),
            "lints" => self.manifest.lints.contains_key(name),
            _ => self.manifest.anti.contains_key(name),
        };
        for (folder, table) in [("alt", "alternatives"), ("anti", "anti"), ("lints", "lints")] {
            for path in rust_files(&self.solution().join("src").join(folder)) {
                let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                if !known(folder, &name) {
                    flaws.push(Flaw {
                        file: manifest.clone(),
                        field: Some(format!("{table}.{name}")),
                        what: format!("is missing, though {} is there", shown(&path)),
                        remedy: format!(
                            "Describe the file in a table [{table}.{name}], or delete it."
                        ),
                    });
                }
            }
        }
        flaws
    }
}

/// A former name stands for one exercise: what was remembered under it must find its way.
fn clashing_names(exercises: &[Exercise]) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    for (index, exercise) in exercises.iter().enumerate() {
        for former in &exercise.manifest.formerly {
            let is = |other: &Exercise| other.name == *former;
            let was = |other: &Exercise| other.manifest.formerly.contains(former);
            let twice = exercise.names().filter(|name| name == former).count() > 1;
            let what = if exercises.iter().any(is) {
                format!("`{former}` is the name of an exercise")
            } else if let Some(other) = exercises[..index].iter().find(|other| was(other)) {
                format!("`{former}` is a former name of {} too", other.name)
            } else if twice {
                format!("`{former}` stands there twice")
            } else {
                continue;
            };
            flaws.push(Flaw {
                file: Path::new("exercises").join(&exercise.name).join("exercise.toml"),
                field: Some("formerly".to_owned()),
                what,
                remedy: "Name only what this exercise alone was called before.".to_owned(),
            });
        }
    }
    flaws
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
