//! Telling when something changed that the book is made of.

use anyhow::{Context, Result};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// An editor saves in several steps, and a checkout changes many files: one rebuild for all, when
/// nothing has changed for so long. The debouncers of notify report in rounds and do not wait for
/// quiet, and the small one takes reading a file for a change: builds would never end.
const QUIET: Duration = Duration::from_millis(150);

/// Watches the book and what its directives read.
pub struct Watch {
    changes: Receiver<()>,
    // Watching ends when this is dropped.
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// Watches `book` (a folder of `root`), `exercises` and `solutions`. What learners write, under
    /// `exercises/*/src`, is on no page.
    pub fn start(root: &Path, book: &Path) -> Result<Self> {
        let (tell, changes) = channel();
        let ignored = [book.join("book"), book.join("browser")];
        let exercises = root.join("exercises");
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            if event.is_ok_and(|event| matters(&event, &ignored, &exercises)) {
                // Nobody listens any more when the command is ending.
                _ = tell.send(());
            }
        })
        .context("files cannot be watched here")?;
        for folder in [book.to_owned(), root.join("exercises"), root.join("solutions")] {
            watcher
                .watch(&folder, RecursiveMode::Recursive)
                .with_context(|| format!("{} cannot be watched", folder.display()))?;
        }
        Ok(Self { changes, _watcher: watcher })
    }

    /// Waits for a change and then for quiet. `false`: nothing will ever change again.
    pub fn wait(&self) -> bool {
        if self.changes.recv().is_err() {
            return false;
        }
        loop {
            match self.changes.recv_timeout(QUIET) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => return true,
                Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
    }
}

/// Whether an event is a change of the book's sources, and not a look at them, a build of ours or a
/// learner's save.
fn matters(event: &Event, ignored: &[PathBuf], exercises: &Path) -> bool {
    let is_answer = |path: &Path| {
        let inside = path.strip_prefix(exercises).ok();
        inside.and_then(|path| path.iter().nth(1)).is_some_and(|folder| folder == "src")
    };
    let is_source =
        |path: &Path| !is_answer(path) && !ignored.iter().any(|folder| path.starts_with(folder));
    !matches!(event.kind, EventKind::Access(_)) && event.paths.iter().any(|path| is_source(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::event::{AccessKind, ModifyKind};

    #[test]
    fn what_builds_and_learners_write_is_not_a_change() {
        let exercises = Path::new("exercises");
        let ignored = [PathBuf::from("b/book")];
        let matters = |kind, path: &str| {
            let event = Event::new(kind).add_path(PathBuf::from(path));
            super::matters(&event, &ignored, exercises)
        };
        let changed = EventKind::Modify(ModifyKind::Any);
        assert!(matters(changed, "b/src/a.md"));
        assert!(!matters(changed, "b/book/a.html"));
        assert!(!matters(EventKind::Access(AccessKind::Any), "b/src/a.md"));
        assert!(matters(changed, "exercises/a/exercise.toml"));
        assert!(!matters(changed, "exercises/a/src/answer.rs"));
        assert!(matters(changed, "solutions/a/src/lib.rs"));
    }
}
