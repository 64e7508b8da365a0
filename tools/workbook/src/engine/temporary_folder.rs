//! Folders that are gone when this command is, however it ends.
//!
//! A signal ends the command without unwinding, so nothing is dropped then: every folder is
//! registered, and [`remove_all`] removes what is left.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::TempDir;

#[derive(Debug)]
struct Registered {
    over: bool,
    folders: BTreeSet<PathBuf>,
}

static ALL: Mutex<Registered> = Mutex::new(Registered { over: false, folders: BTreeSet::new() });

/// A folder of our own, removed with all that is in it when this is dropped.
#[derive(Debug)]
pub struct TemporaryFolder(TempDir);

impl TemporaryFolder {
    /// A new folder among the system's temporary files.
    pub fn new() -> io::Result<Self> {
        Self::within(&std::env::temp_dir())
    }

    /// A new folder in `parent`, which is created where it is missing. An error also where the
    /// command is ending.
    pub fn within(parent: &Path) -> io::Result<Self> {
        // Held while it is created, so that none slips through while the others are removed.
        let mut all = lock();
        if all.over {
            return Err(io::Error::new(io::ErrorKind::Interrupted, "the command is ending"));
        }
        fs::create_dir_all(parent)?;
        let folder = tempfile::Builder::new().prefix("workbook-").tempdir_in(parent)?;
        all.folders.insert(folder.path().to_owned());
        Ok(Self(folder))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        lock().folders.remove(self.0.path());
    }
}

/// Removes all folders, and lets no new ones be made: the command is ending.
pub fn remove_all() {
    let mut all = lock();
    all.over = true;
    for folder in std::mem::take(&mut all.folders) {
        // What is being written just now is gone at the second try.
        for _ in 0..3 {
            if fs::remove_dir_all(&folder).is_ok() || !folder.exists() {
                break;
            }
        }
    }
}

fn lock() -> MutexGuard<'static, Registered> {
    ALL.lock().unwrap_or_else(PoisonError::into_inner)
}
