//! Telling when something changed that the book is made of.

use anyhow::{Context, Result};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// An editor saves in several steps, and a checkout changes many files: one rebuild for all.
const QUIET: Duration = Duration::from_millis(150);

/// Watches the book and what its directives read.
pub struct Watch {
    changes: Receiver<()>,
    // Watching ends when this is dropped.
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// Watches `book` (a folder of `root`), `exercises` and `solutions`.
    pub fn start(root: &Path, book: &Path) -> Result<Self> {
        let (tell, changes) = channel();
        let ignored = [book.join("book"), book.join("browser")];
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            if event.is_ok_and(|event| matters(&event, &ignored)) {
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

/// Whether an event is a change of the book's sources, and not a look at them or a build of ours.
fn matters(event: &Event, ignored: &[PathBuf]) -> bool {
    !matches!(event.kind, EventKind::Access(_))
        && event.paths.iter().any(|path| !ignored.iter().any(|folder| path.starts_with(folder)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::event::{AccessKind, ModifyKind};

    #[test]
    fn what_the_build_writes_is_not_a_change() {
        let event = |kind, path: &str| Event::new(kind).add_path(PathBuf::from(path));
        let changed = EventKind::Modify(ModifyKind::Any);
        let ignored = [PathBuf::from("b/book")];
        assert!(matters(&event(changed, "b/src/a.md"), &ignored));
        assert!(!matters(&event(changed, "b/book/a.html"), &ignored));
        assert!(!matters(&event(EventKind::Access(AccessKind::Any), "b/src/a.md"), &ignored));
    }
}
