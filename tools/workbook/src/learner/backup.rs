//! The learner's files are overwritten only on request, and what was there is kept first.
//!
//! A copy lies at `.workbook/kept/NAME/<moment>.<command>.rs`. The names are the index: the newest
//! moment is what `undo` takes back, and several exercises that one command has overwritten share
//! it. All copies reach the disk before the first file is replaced, and each file is replaced in
//! one step: whoever is ended half way has every file whole, and every old one kept.
//!
//! What cannot be read cannot be copied: it is moved there as it is, and `undo` leaves it alone.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::catalogue::Exercise;
use crate::catalogue::workspace::Workspace;
use crate::learner::progress::store;
use crate::learner::{atomic_write, timestamp};

/// A copy of a learner's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// When it was taken; see [`timestamp`].
    pub moment: String,
    /// The command that overwrote the file then.
    pub by: String,
    /// The copy.
    pub file: PathBuf,
}

/// New contents for the learner's file of an exercise.
#[derive(Clone, Debug)]
pub struct Change<'a> {
    /// The exercise.
    pub exercise: &'a Exercise,
    /// What its file is to hold.
    pub contents: Vec<u8>,
}

/// What became of a [`Change`].
#[derive(Clone, Debug)]
pub struct Changed<'a> {
    /// The exercise.
    pub exercise: &'a Exercise,
    /// What was there before; `None` if there was no file, or none that could be read.
    pub kept: Option<Backup>,
    /// Where the file was moved that could not be read.
    pub moved: Option<PathBuf>,
}

/// What there was in place of a file that is to be written.
enum Old {
    Nothing,
    Contents(Vec<u8>),
    Unreadable,
}

/// Keeps what the learners' files hold, then gives them their new contents. Those that hold it
/// already are left alone, and do not come back.
///
/// `by`: the command that asks, in one word.
pub fn overwrite<'a>(
    workspace: &Workspace,
    changes: Vec<Change<'a>>,
    by: &str,
) -> Result<Vec<Changed<'a>>> {
    let untouched = "nothing was changed, because what is there cannot be kept first; see that there \
                     is room and that you may write to .workbook/";
    let _lock = store::lock(workspace).context(untouched)?;
    let newest = newest_of_all(workspace);
    let moment = newest.map_or_else(timestamp::now, |newest| timestamp::after(&newest));

    let mut steps = Vec::new();
    for Change { exercise, contents } in changes {
        let file = exercise.answer_file();
        let old = match fs::read(&file) {
            Ok(old) if old == contents => continue,
            Ok(old) => Old::Contents(old),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Old::Nothing,
            Err(_) => Old::Unreadable,
        };
        let folder = folder(workspace).join(&exercise.name);
        let mut step = Changed { exercise, kept: None, moved: None };
        match old {
            Old::Nothing => {}
            Old::Contents(old) => {
                let copy = folder.join(format!("{moment}.{by}.rs"));
                write_copy(&folder, &copy, &old)
                    .with_context(|| format!("cannot write {}", workspace.shown(&copy)))
                    .context(untouched)?;
                step.kept = Some(Backup { moment: moment.clone(), by: by.to_owned(), file: copy });
            }
            Old::Unreadable => {
                let moved = folder.join(format!("{moment}.{by}.unreadable"));
                fs::create_dir_all(&folder)
                    .and_then(|()| fs::rename(&file, &moved))
                    .with_context(|| {
                        let (from, to) = (workspace.shown(&file), workspace.shown(&moved));
                        format!("cannot read {from}, and cannot move it to {to}")
                    })
                    .context(untouched)?;
                step.moved = Some(moved);
            }
        }
        steps.push((step, contents));
    }
    for (number, (Changed { exercise, .. }, contents)) in steps.iter().enumerate() {
        let file = exercise.answer_file();
        atomic_write::write(&file, contents).with_context(|| {
            let before = match number {
                0 => String::new(),
                _ => format!("; `cargo workbook undo` takes back the {number} replaced before it"),
            };
            format!("cannot write {}, which is as it was{before}", workspace.shown(&file))
        })?;
    }
    Ok(steps.into_iter().map(|(changed, _)| changed).collect())
}

/// The copies of an exercise's file, also from when it had another name; oldest first.
pub fn copies(workspace: &Workspace, exercise: &Exercise) -> Vec<Backup> {
    let mut copies: Vec<Backup> =
        exercise.names().flat_map(|name| copies_in(&folder(workspace).join(name))).collect();
    copies.sort_by(|one, other| one.moment.cmp(&other.moment));
    copies
}

/// Where the copies lie.
pub fn folder(workspace: &Workspace) -> PathBuf {
    store::folder(workspace).join("kept")
}

fn newest_of_all(workspace: &Workspace) -> Option<String> {
    // No such folder means no copies.
    let folders = fs::read_dir(folder(workspace)).ok()?.flatten();
    let copies = folders.flat_map(|folder| copies_in(&folder.path()));
    copies.map(|copy| copy.moment).max()
}

fn copies_in(folder: &Path) -> Vec<Backup> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let copy = |file: PathBuf| {
        let stem = file.file_name()?.to_str()?.strip_suffix(".rs")?;
        let (moment, by) = stem.rsplit_once('.')?;
        timestamp::time(moment)?;
        Some(Backup { moment: moment.to_owned(), by: by.to_owned(), file })
    };
    entries.flatten().filter_map(|entry| copy(entry.path())).collect()
}

fn write_copy(folder: &Path, copy: &Path, contents: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    atomic_write::write(copy, contents)
}
