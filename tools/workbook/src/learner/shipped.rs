//! Shipped files that are gone, and how they come back: from git, or from another exercise where
//! both have the same file. What is brought back is what was shipped, by its recorded fingerprint.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use crate::catalogue::recording_paths::TESTS;
use crate::engine::snapshot::fingerprint;
use crate::learner::atomic_write;

/// The files that every exercise has besides the learner's.
const ALWAYS: [&str; 4] = ["Cargo.toml", "exercise.toml", "src/given.rs", "src/lib.rs"];
/// Without it in an exercise's folder, cargo builds nothing of the workbook.
const MANIFEST: &str = "Cargo.toml";

/// What became of the files that were gone, from the workbook's root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// Those that are as shipped again.
    pub back: Vec<String>,
    /// Those of which no copy is here.
    pub lost: Vec<String>,
}

/// The shipped files of an exercise that are not there, from the workbook's root. None where there
/// is no such exercise.
pub fn missing(root: &Path, name: &str) -> Vec<String> {
    known(root, name).into_keys().filter(|file| !root.join(file).exists()).collect()
}

/// The manifests that are missing of folders in which cargo looks for one, from the workbook's root.
pub fn missing_manifests(root: &Path) -> Vec<String> {
    let folders = ["exercises", "solutions"].into_iter().flat_map(|within| {
        let entries = fs::read_dir(root.join(within)).into_iter().flatten().flatten();
        entries.map(move |entry| (within, entry))
    });
    let without = folders.filter_map(|(within, entry)| {
        let (name, path) = (entry.file_name().into_string().ok()?, entry.path());
        let lacks = path.is_dir() && !name.starts_with('.') && !path.join(MANIFEST).exists();
        lacks.then(|| format!("{within}/{name}/{MANIFEST}"))
    });
    without.collect()
}

/// The files that are shipped with an exercise, and the fingerprints of those that have one.
fn known(root: &Path, name: &str) -> BTreeMap<String, Option<String>> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let (exercise, solution) = (format!("exercises/{name}"), root.join("solutions").join(name));
    if !name.chars().all(is_name) || !(root.join(&exercise).is_dir() || solution.is_dir()) {
        return BTreeMap::new();
    }
    let always = ALWAYS.map(|file| (format!("{exercise}/{file}"), None));
    let mut files: BTreeMap<String, Option<String>> = always.into();
    // Without a record, only those that every exercise has are known.
    let record = fs::read_to_string(solution.join("recorded").join(TESTS)).unwrap_or_default();
    let recorded = record.lines().filter_map(|line| line.split_once("  "));
    files.extend(recorded.map(|(print, file)| (file.to_owned(), Some(print.to_owned()))));
    files
}

/// Brings back the shipped files of an exercise that are not there. What is there is not touched.
pub fn restore(root: &Path, name: &str) -> io::Result<Restored> {
    let known = known(root, name);
    let mut found = Vec::new();
    let mut restored = Restored::default();
    for file in missing(root, name) {
        match copy_of(root, name, &file, known.get(&file).and_then(Option::as_deref)) {
            Some(contents) => found.push((file, contents)),
            None => restored.lost.push(file),
        }
    }
    let manifest = format!("exercises/{name}/{MANIFEST}");
    if restored.lost.contains(&manifest) {
        // A folder without it would stop cargo for every exercise.
        restored.lost.extend(found.into_iter().map(|(file, _)| file));
        return Ok(restored);
    }
    for (file, contents) in found {
        let path = root.join(&file);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        atomic_write::write(&path, &contents)?;
        restored.back.push(file);
    }
    Ok(restored)
}

/// The contents of a file as shipped, if they can be had here.
fn copy_of(root: &Path, name: &str, file: &str, print: Option<&str>) -> Option<Vec<u8>> {
    let is_it = |contents: &Vec<u8>| print.is_none_or(|print| fingerprint(contents) == print);
    let committed = || git(root, &["show", &format!("HEAD:./{file}")]).filter(is_it);
    committed().or_else(|| {
        // Only a fingerprint says that another exercise's file is the same.
        print?;
        let within = file.strip_prefix(&format!("exercises/{name}/"))?;
        let mut others = fs::read_dir(root.join("exercises")).ok()?.flatten();
        others.find_map(|other| {
            let text = fs::read_to_string(other.path().join(within)).ok()?;
            let text = text.replace(other.file_name().to_str()?, name).into_bytes();
            Some(text).filter(is_it)
        })
    })
}

/// What brings files back that are changed or gone: `"them"`, or `"it"`.
pub fn remedy(root: &Path, files: &[String]) -> String {
    let (names, them) = (files.join(" "), if files.len() == 1 { "it" } else { "them" });
    if is_in_git(root) {
        format!("`git checkout -- {names}` brings {them} back")
    } else {
        format!("copy {them} from the workbook as you got it, or from a new download")
    }
}

/// Whether git is installed, and knows the workbook in this folder. It is asked once.
pub fn is_in_git(root: &Path) -> bool {
    static ASKED: Mutex<Option<HashMap<PathBuf, bool>>> = Mutex::new(None);
    let mut asked = ASKED.lock().unwrap_or_else(PoisonError::into_inner);
    let tracked = || git(root, &["ls-files", "--error-unmatch", "--", MANIFEST]).is_some();
    *asked.get_or_insert_default().entry(root.to_path_buf()).or_insert_with(tracked)
}

/// What git prints, if it is installed and does what is asked.
fn git(root: &Path, arguments: &[&str]) -> Option<Vec<u8>> {
    let mut command = Command::new("git");
    command.arg("-C").arg(root).args(arguments).stdin(Stdio::null());
    let output = command.output().ok()?;
    output.status.success().then_some(output.stdout)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A workbook with the exercises `one` and `two`, whose record knows `src/lib.rs`.
    fn workbook() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let write = |file: &str, text: &str| {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("the file is written");
        };
        write(MANIFEST, "[workspace]\n");
        for name in ["one", "two"] {
            for file in ALWAYS {
                write(&format!("exercises/{name}/{file}"), &format!("//! {name}\n"));
            }
            let print = fingerprint(format!("//! {name}\n").as_bytes());
            let record = format!("{print}  exercises/{name}/src/lib.rs\n");
            write(&format!("solutions/{name}/recorded/{TESTS}"), &record);
        }
        folder
    }

    fn commit(root: &Path) {
        for arguments in [
            &["init", "--quiet"][..],
            &["add", "--all"],
            &["-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "all"],
        ] {
            git(root, arguments).expect("git is installed");
        }
    }

    #[test]
    fn a_file_that_another_exercise_has_too_is_brought_back() {
        let folder = workbook();
        let root = folder.path();
        assert_eq!(missing(root, "one"), Vec::<String>::new());
        assert_eq!(missing(root, "../one"), Vec::<String>::new());
        assert_eq!(missing(root, "three"), Vec::<String>::new());
        let (library, given) = ("exercises/one/src/lib.rs", "exercises/one/src/given.rs");
        fs::remove_dir_all(root.join("exercises/one/src")).expect("it is there");
        assert_eq!(missing(root, "one"), [given, library]);
        let restored = restore(root, "one").expect("it can be written");
        assert_eq!(restored.back, [library]);
        assert_eq!(restored.lost, [given], "nothing says what was in it");
        assert_eq!(fs::read(root.join(library)).expect("it is back"), b"//! one\n");
        assert!(remedy(root, &restored.lost).starts_with("copy it from"), "there is no git");
    }

    #[test]
    fn a_folder_that_cargo_would_stumble_over_is_not_begun() {
        let folder = workbook();
        let root = folder.path();
        fs::remove_dir_all(root.join("exercises/one")).expect("it is there");
        let restored = restore(root, "one").expect("nothing is written");
        assert_eq!((restored.back.len(), restored.lost.len()), (0, 4));
        assert!(!root.join("exercises/one").exists());
    }

    #[test]
    fn git_has_whatever_was_shipped() {
        let folder = workbook();
        let root = folder.path();
        // The learner has changed it, and committed that: it is not what was shipped.
        fs::write(root.join("exercises/two/src/lib.rs"), "//! changed\n").expect("written");
        commit(root);
        fs::remove_dir_all(root.join("exercises/one")).expect("it is there");
        let restored = restore(root, "one").expect("it can be written");
        assert_eq!((restored.back.len(), restored.lost.len()), (4, 0));
        assert_eq!(missing(root, "one"), Vec::<String>::new());
        let lost = ["exercises/one/src/lib.rs".to_owned()];
        let remedy = remedy(root, &lost);
        assert_eq!(remedy, "`git checkout -- exercises/one/src/lib.rs` brings it back");

        fs::remove_file(root.join("exercises/two/src/lib.rs")).expect("it is there");
        restore(root, "two").expect("it can be written");
        let text = fs::read(root.join("exercises/two/src/lib.rs")).expect("it is back");
        assert_eq!(text, b"//! two\n", "the one that was shipped");
    }
}
