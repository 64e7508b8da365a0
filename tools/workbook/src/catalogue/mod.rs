//! The exercises, in the order of the book, and the files that belong to each.
//!
//! - [`exercise`]: an exercise, its files, and what its files and its manifest say differently
//! - [`lookup`]: from what somebody typed to the name of an exercise
//! - [`manifest`]: `exercise.toml`, its types and its rules
//! - [`recording_paths`]: the recordings of an exercise, and where they are
//! - [`mod@bench`] and [`lints`]: the recorded numbers and lints
//! - [`workspace`]: the root folder, the target folder, the lockfile; [`toolchain`]: which rustc

pub mod bench;
pub mod exercise;
pub mod lints;
pub mod lookup;
pub mod manifest;
pub mod recording_paths;
pub mod toolchain;
pub mod workspace;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

pub use exercise::{Candidate, Exercise, Kind};

use crate::catalogue::manifest::{Flaw, Manifest};
use crate::pages::page;

/// All exercises, in the order of the book.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// The folder that holds the workbook.
    pub root: PathBuf,
    /// The exercises. Those without a page come last, by name.
    pub exercises: Vec<Exercise>,
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

    /// As [`Catalogue::load`], but leaves out the exercises that are not sound, and says so in a
    /// sentence for each. An error where none is left.
    pub fn load_sound(root: &Path) -> Result<(Self, Vec<String>)> {
        let (catalogue, flaws) = Self::survey(root)?;
        if catalogue.exercises.is_empty() {
            Self::load(root)?;
        }
        let left_out = |flaw: &Flaw| format!("an exercise is left out: {flaw}");
        Ok((catalogue, flaws.iter().map(left_out).collect()))
    }

    /// Reads the catalogue for the sake of one exercise: the flaws of the others do not matter.
    /// The name is understood as [`lookup`] does; an unknown one is an error that suggests the
    /// nearest.
    pub fn load_for(root: &Path, name: &str) -> Result<Self> {
        let (catalogue, flaws) = Self::survey(root)?;
        if let Ok(name) = lookup::name(name, &catalogue.names_with(&flaws)) {
            let its = flaws.iter().filter(|flaw| exercise_of(flaw) == Some(name));
            let its: Vec<String> = its.map(Flaw::to_string).collect();
            if !its.is_empty() {
                bail!("{}", its.join("\n"));
            }
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
                Ok(manifest) => exercises.push(Exercise::new(root, name, manifest)),
                Err(found) => flaws.extend(found),
            }
        }
        flaws.extend(clashing_names(&exercises));
        Ok((Self { root: root.to_path_buf(), exercises }, flaws))
    }

    /// The exercise that is meant, or an error that suggests the nearest. See [`lookup`].
    pub fn find(&self, typed: &str) -> Result<&Exercise> {
        let exact = |name: &str| self.exercises.iter().find(|exercise| exercise.name == name);
        if let Some(found) = exact(typed) {
            return Ok(found);
        }
        let renamed = self.exercises.iter().find(|known| known.names().any(|old| old == typed));
        if let Some(Exercise { name: new, .. }) = renamed {
            bail!("`{typed}` is called `{new}` now.");
        }
        let name = lookup::name(typed, &self.names_with(&[])).map_err(anyhow::Error::msg)?;
        exact(name).with_context(|| format!("no exercise is called `{name}`."))
    }

    /// The names of the exercises, and of those that the flaws are of.
    pub fn names_with<'a>(&'a self, flaws: &'a [Flaw]) -> Vec<&'a str> {
        let sound = self.exercises.iter().map(|exercise| exercise.name.as_str());
        sound.chain(flaws.iter().filter_map(exercise_of)).collect()
    }
}

/// The exercise that a flaw is of: it lies in `exercises/NAME`.
pub fn exercise_of(flaw: &Flaw) -> Option<&str> {
    flaw.file.iter().nth(1)?.to_str()
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
