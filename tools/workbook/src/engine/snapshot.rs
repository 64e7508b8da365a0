//! The contents of files at one moment, and whether they are still the same.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::hash::Hasher as _;
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, SystemTime};

use fnv::FnvHasher;

/// File systems stamp files with a clock that lags behind the one that we read.
const CLOCK_LAG: Duration = Duration::from_millis(10);

/// Fingerprints of files, all taken at about the same moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// When the first of them was taken.
    began: SystemTime,
    files: BTreeMap<PathBuf, FileState>,
}

#[derive(Clone, Debug)]
struct FileState {
    stamp: Option<Stamp>,
    /// `None`: the file could not be read; most likely there was none.
    fingerprint: Option<String>,
}

/// Tells one version of a file from another without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    /// On Unix the inode, and the time of the last change of any kind: renaming another file over
    /// this one changes them, even where it keeps the time of modification.
    identity: (u64, i64, i64),
}

impl Snapshot {
    /// Reads the files.
    pub fn of(files: impl IntoIterator<Item = PathBuf>) -> Self {
        let mut snapshot = Self { began: SystemTime::now(), files: BTreeMap::new() };
        for file in files {
            snapshot.read_again(&file);
        }
        snapshot
    }

    /// Reads one of the files as it is now: another has changed it, and rightly so.
    pub fn read_again(&mut self, file: &Path) {
        let file = normalised(file);
        // Before the contents: what is written in between is noticed later.
        let state = FileState { stamp: stamp(&file), fingerprint: read(&file) };
        self.files.insert(file, state);
    }

    /// The fingerprint of a file at that moment, or as it is now if it was not among the files.
    /// `None`: it cannot be read.
    pub fn fingerprint(&self, file: &Path) -> Option<String> {
        let file = normalised(file);
        match self.files.get(&file) {
            Some(state) => state.fingerprint.clone(),
            None => read(&file),
        }
    }

    /// Whether a file has the contents that it had at that moment. For a file that was not among
    /// the files, its times say so.
    pub fn still_holds(&self, file: &Path) -> bool {
        let file = normalised(file);
        match self.files.get(&file) {
            Some(state) => stamp(&file) == state.stamp || read(&file) == state.fingerprint,
            None => changed(&file).is_none_or(|changed| changed + CLOCK_LAG < self.began),
        }
    }
}

/// A short name for a file's contents, whatever its line endings: git may change them.
pub fn fingerprint(contents: &[u8]) -> String {
    let mut hasher = FnvHasher::default();
    contents.split(|byte| *byte == b'\r').for_each(|part| hasher.write(part));
    format!("{:016x}", hasher.finish())
}

/// When a file got its present contents, at the latest. `None`: there is no such file.
pub fn changed(file: &Path) -> Option<SystemTime> {
    let metadata = fs::metadata(file).ok()?;
    let modified = metadata.modified().ok()?;
    Some(status_changed(&metadata).map_or(modified, |changed| changed.max(modified)))
}

/// The path without `.` and `..`. Links are not looked at: the same path is always given the same
/// name, which is enough here.
pub fn normalised(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir
                if normal.file_name().is_some_and(|name| name != OsStr::new("..")) =>
            {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}

fn read(file: &Path) -> Option<String> {
    fs::read(file).ok().map(|contents| fingerprint(&contents))
}

fn stamp(file: &Path) -> Option<Stamp> {
    let metadata = fs::metadata(file).ok()?;
    Some(Stamp {
        modified: metadata.modified().ok(),
        length: metadata.len(),
        identity: identity(&metadata),
    })
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> (u64, i64, i64) {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> (u64, i64, i64) {
    (0, 0, 0)
}

#[cfg(unix)]
fn status_changed(metadata: &Metadata) -> Option<SystemTime> {
    use std::os::unix::fs::MetadataExt as _;
    let seconds = u64::try_from(metadata.ctime()).ok()?;
    let nanoseconds = u32::try_from(metadata.ctime_nsec()).ok()?;
    Some(SystemTime::UNIX_EPOCH + Duration::new(seconds, nanoseconds))
}

#[cfg(not(unix))]
fn status_changed(_: &Metadata) -> Option<SystemTime> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_holds_until_its_contents_are_others() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = |name: &str| folder.path().join(name);
        let write = |name: &str, text: &str| fs::write(path(name), text).expect("a file");
        write("read", "one");
        write("not read", "one");
        // Its time of change is to lie before the snapshot beyond doubt.
        std::thread::sleep(CLOCK_LAG * 2);
        let snapshot = Snapshot::of([path("read"), path("missing")]);
        let holds = |name: &str| snapshot.still_holds(&path(name));
        assert!(["read", "missing", "not read", "never there"].into_iter().all(holds));
        write("read", "one");
        assert!(holds("read"), "saved, and not changed");
        for name in ["read", "missing", "not read", "never there"] {
            write(name, "two");
            assert!(!holds(name), "{name}");
        }
        let mut snapshot = snapshot.clone();
        snapshot.read_again(&path("missing"));
        assert!(snapshot.still_holds(&path("missing")), "as it is now");
        let one = Some(fingerprint(b"one"));
        assert_eq!(snapshot.fingerprint(&path("read")), one, "as it was");
        assert_eq!(snapshot.fingerprint(&path("missing")), Some(fingerprint(b"two")));
    }

    /// What a renamed file brings along is its old time.
    #[cfg(unix)]
    #[test]
    fn a_file_that_was_put_in_place_with_an_old_time_does_not_hold() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (answer, backup) = (folder.path().join("answer.rs"), folder.path().join("answer.bak"));
        let old = SystemTime::now() - Duration::from_hours(1);
        for (file, text) in [(&answer, "one"), (&backup, "two")] {
            fs::write(file, text).expect("a file");
            let file = fs::File::options().write(true).open(file).expect("the file");
            file.set_modified(old).expect("an old time");
        }
        let read = Snapshot::of([answer.clone()]);
        let not_read = Snapshot::of([]);
        fs::rename(&backup, &answer).expect("renamed");
        assert!(!read.still_holds(&answer));
        assert!(!not_read.still_holds(&answer));
    }

    #[test]
    fn a_path_has_one_name() {
        // Windows has another separator. As paths they would be equal with a `.` in them.
        let name =
            |path: &str| normalised(Path::new(path)).display().to_string().replace('\\', "/");
        assert_eq!(name("a/./b/../c.rs"), "a/c.rs");
        assert_eq!(name("../a/../../b"), "../../b");
    }
}
