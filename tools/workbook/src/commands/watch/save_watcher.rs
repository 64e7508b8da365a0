//! Tells when a file of the exercise at hand was saved.
//!
//! Editors save in many ways: in place, by renaming another file over it, with swap files beside
//! it, with a formatter that saves again. So an event says only that it is worth a look; what
//! counts is whether one of the exercise's own files is another one than before. The same look is
//! taken once a second without any event: on network disks, and where a folder was replaced,
//! events get lost.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime};

use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};

/// After an event, so much quiet: what saves in several steps has done them all.
const QUIET: Duration = Duration::from_millis(20);
/// The same while the learner's file is away, between the steps of a save by rename.
const QUIET_WITHOUT_FILE: Duration = Duration::from_millis(300);
/// Between two looks where events tell.
const LOOK: Duration = Duration::from_secs(1);
/// Between two looks where nothing else tells.
const POLL: Duration = Duration::from_millis(250);

/// Watches the files of one exercise at a time.
pub struct SaveWatcher {
    watched: Arc<Mutex<Watched>>,
    watcher: Option<RecommendedWatcher>,
    folder: Option<PathBuf>,
}

#[derive(Default)]
struct Watched {
    folder: PathBuf,
    seen: Vec<Stamp>,
}

/// What tells one version of a file from another, without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp {
    file: PathBuf,
    modified: Option<SystemTime>,
    length: u64,
    inode: u64,
}

impl SaveWatcher {
    /// Starts to watch, below `root`. `saved` is called on a thread of its own; it says whether
    /// anybody still listens. `poll`: without the system's events.
    pub fn start(root: &Path, poll: bool, saved: impl Fn() -> bool + Send + 'static) -> Self {
        let (tell, events) = channel();
        // Where the system has no events left to give, looking is enough.
        let watcher = if poll || is_remote(root) { None } else { watcher(tell.clone()) };
        let at_hand = Arc::new(Mutex::new(Watched::default()));
        let pause = if watcher.is_some() { LOOK } else { POLL };
        let looked = Arc::clone(&at_hand);
        thread::spawn(move || {
            // Kept, so that the channel stays open where there is no watcher.
            let _tell = tell;
            look(&looked, &events, pause, saved);
        });
        Self { watched: at_hand, watcher, folder: None }
    }

    /// Watches the files in this folder from now on, instead of those before.
    pub fn watch(&mut self, folder: &Path) {
        {
            let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
            if watched.folder == folder {
                return;
            }
            *watched = Watched { folder: folder.to_owned(), seen: stamps(folder) };
        }
        if let Some(watcher) = &mut self.watcher {
            // Where this fails, the look once a second remains.
            if let Some(before) = self.folder.replace(folder.to_owned()) {
                watcher.unwatch(&before).ok();
            }
            watcher.watch(folder, RecursiveMode::Recursive).ok();
        }
    }
}

fn watcher(tell: Sender<()>) -> Option<RecommendedWatcher> {
    notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let worth_a_look =
            |event: notify::Event| !matches!(event.kind, notify::EventKind::Access(_));
        if event.is_ok_and(worth_a_look) {
            // Nobody listens any more when the command is ending.
            tell.send(()).ok();
        }
    })
    .ok()
}

fn look(
    watched: &Mutex<Watched>,
    events: &Receiver<()>,
    pause: Duration,
    saved: impl Fn() -> bool,
) {
    loop {
        match events.recv_timeout(pause) {
            Ok(()) => settle(watched, events),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        let changed = {
            let mut watched = watched.lock().unwrap_or_else(PoisonError::into_inner);
            let now = stamps(&watched.folder);
            let changed = now != watched.seen;
            watched.seen = now;
            changed
        };
        if changed && !saved() {
            return;
        }
    }
}

/// Waits for the end of a save.
fn settle(watched: &Mutex<Watched>, events: &Receiver<()>) {
    loop {
        let folder = watched.lock().unwrap_or_else(PoisonError::into_inner).folder.clone();
        let there = folder.join("src").join("answer.rs").exists();
        let quiet = if there { QUIET } else { QUIET_WITHOUT_FILE };
        if events.recv_timeout(quiet).is_err() {
            return;
        }
    }
}

/// The exercise's own files: its sources and its tests, with their modules, and its manifests.
fn stamps(folder: &Path) -> Vec<Stamp> {
    let mut stamps = Vec::new();
    collect(folder, "toml", false, &mut stamps);
    for part in ["src", "tests"] {
        collect(&folder.join(part), "rs", true, &mut stamps);
    }
    stamps.sort_by(|one, other| one.file.cmp(&other.file));
    stamps
}

fn collect(folder: &Path, ending: &str, within: bool, stamps: &mut Vec<Stamp>) {
    // A folder that is away for a moment has no files.
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let file = entry.path();
        // Not through links, which may lead in a circle.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            if within {
                collect(&file, ending, within, stamps);
            }
        } else if is_own(&file, ending)
            && let Ok(metadata) = fs::metadata(&file)
        {
            stamps.push(Stamp {
                modified: metadata.modified().ok(),
                length: metadata.len(),
                inode: inode(&metadata),
                file,
            });
        }
    }
}

/// Not a swap file, a lock or a backup: those of Emacs end as the file does.
fn is_own(file: &Path, ending: &str) -> bool {
    let name = file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    file.extension().is_some_and(|extension| extension == ending)
        && !name.starts_with(['.', '#', '~'])
}

#[cfg(unix)]
fn inode(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_: &fs::Metadata) -> u64 {
    0
}

/// Whether the folder lies on a file system that does not tell of changes made elsewhere: on the
/// network, or on the Windows side of WSL.
#[cfg(target_os = "linux")]
fn is_remote(folder: &Path) -> bool {
    // NFS, SMB, CIFS, SMB2, 9P (WSL 2), FUSE (sshfs and others), drvfs (WSL 1), AFS, Ceph.
    const KINDS: [i64; 9] = [
        0x6969,
        0x517B,
        0xFF53_4D42,
        0xFE53_4D42,
        0x0102_1997,
        0x6573_5546,
        0x5346_4846,
        0x5346_414F,
        0x00C3_6400,
    ];
    rustix::fs::statfs(folder).is_ok_and(|found| {
        #[expect(clippy::useless_conversion, reason = "it has another type on other machines")]
        let kind = i64::try_from(found.f_type).unwrap_or_default();
        KINDS.contains(&kind)
    })
}

#[cfg(not(target_os = "linux"))]
fn is_remote(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    struct Watching {
        folder: tempfile::TempDir,
        saves: Receiver<()>,
        _files: SaveWatcher,
    }

    fn watching(poll: bool) -> Watching {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for part in ["src", "tests"] {
            fs::create_dir(folder.path().join(part)).expect("a folder");
        }
        fs::write(folder.path().join("src/answer.rs"), "0").expect("a file");
        let (tell, saves) = channel();
        let mut files = SaveWatcher::start(folder.path(), poll, move || tell.send(()).is_ok());
        files.watch(folder.path());
        Watching { folder, saves, _files: files }
    }

    impl Watching {
        fn file(&self, name: &str) -> PathBuf {
            self.folder.path().join(name)
        }

        /// How many saves were told until half a second of quiet.
        fn told(&self) -> usize {
            let mut count = 0;
            while self.saves.recv_timeout(Duration::from_millis(500)).is_ok() {
                count += 1;
            }
            count
        }
    }

    #[test]
    fn a_save_is_told_whichever_way_the_editor_does_it() {
        for poll in [false, true] {
            let watching = watching(poll);
            fs::write(watching.file("src/answer.rs"), "in place").expect("a file");
            assert_eq!(watching.told(), 1, "in place, poll: {poll}");

            fs::write(watching.file("src/answer.rs.tmp"), "by rename").expect("a file");
            fs::rename(watching.file("src/answer.rs.tmp"), watching.file("src/answer.rs"))
                .expect("a rename");
            assert_eq!(watching.told(), 1, "by rename, poll: {poll}");
        }
        let watching = watching(false);
        fs::create_dir(watching.file("src/answer")).expect("a folder");
        fs::write(watching.file("src/answer/helper.rs"), "0").expect("a file");
        assert_eq!(watching.told(), 1, "a module of the learner's own");
        fs::write(watching.file("src/answer/helper.rs"), "a change").expect("a file");
        assert_eq!(watching.told(), 1, "and what is written in it");
        // Vim's way, slowly: the old file goes away first.
        fs::rename(watching.file("src/answer.rs"), watching.file("src/answer.rs~"))
            .expect("a rename");
        thread::sleep(Duration::from_millis(100));
        fs::write(watching.file("src/answer.rs"), "anew").expect("a file");
        fs::remove_file(watching.file("src/answer.rs~")).expect("removed");
        assert_eq!(watching.told(), 1, "by backup");
    }

    #[test]
    fn what_an_editor_keeps_beside_the_file_is_not_a_save() {
        let watching = watching(false);
        for name in [
            "src/.answer.rs.swp",
            "src/4913",
            "src/#answer.rs#",
            "src/.#answer.rs",
            "src/answer.rs~",
        ] {
            fs::write(watching.file(name), "x").expect("a file");
        }
        fs::read(watching.file("src/answer.rs")).expect("the file");
        assert_eq!(watching.told(), 0);
    }

    #[test]
    fn a_hundred_saves_at_once_are_few() {
        let (watching, began) = (watching(false), Instant::now());
        for count in 0..100 {
            fs::write(watching.file("src/answer.rs"), "x".repeat(count)).expect("a file");
        }
        // On a busy machine there may be some quiet between them.
        let pauses = began.elapsed().as_millis() / QUIET.as_millis();
        let told = watching.told();
        assert!((1..=3 + pauses).contains(&(told as u128)), "told {told} times");
    }

    #[test]
    fn a_folder_that_was_replaced_is_still_watched() {
        let watching = watching(false);
        fs::rename(watching.file("src"), watching.file("old")).expect("a rename");
        fs::create_dir(watching.file("src")).expect("a folder");
        fs::write(watching.file("src/answer.rs"), "1").expect("a file");
        watching.saves.recv_timeout(Duration::from_secs(5)).expect("it is told");
        while watching.saves.recv_timeout(Duration::from_millis(1500)).is_ok() {}
        fs::write(watching.file("src/answer.rs"), "22").expect("a file");
        watching.saves.recv_timeout(Duration::from_secs(5)).expect("it is told again");
    }
}
