//! # outcomes: every failure, and what kind it is
//!
//! Back up all `databases`. `start` spawns one backup and returns its handle (a
//! `JoinHandle`); `start` itself never panics. Start all together, however many
//! they are: no first try waits until another backup has ended. Whatever fails,
//! abort none, start the second tries all the same, and wait for all of them,
//! however long they take. Each backup that ends with `Busy`, and no other, is
//! started again: once, at any time after that; what becomes of this second try
//! is the outcome. Each place in `databases` is a backup of its own, with a
//! second try of its own, even where a name stands twice. If every place has
//! its snapshot, return them in this order; else return `Failures`: the
//! snapshots in `done`, everything else in `failed`, each with its place. Tell
//! apart the error of a backup, the panic of its task, with the message that
//! `message_of` reads, unchanged, and a task that somebody aborted. Write the
//! body of `back_up_all`; everything else is ready to use, and `tokio` and
//! `futures` are there. Then run:
//!
//! ```sh
//! cargo test -p outcomes
//! ```
//!
//! The page: book/src/outcomes.md

use std::any::Any;

use tokio::task::JoinHandle;

/// A copy of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot(pub String);

/// Why a backup has no snapshot to give. This is its own answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BackupError {
    /// Somebody else was using the database; a second try may succeed.
    #[error("the database is busy")]
    Busy,
    /// The database refused, with this message, and would refuse again.
    #[error("the database refused: {0}")]
    Refused(String),
}

/// A backup under way, on a task of its own.
pub type Backup = JoinHandle<Result<Snapshot, BackupError>>;

/// Why there is no snapshot of a database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The backup answered with this error.
    #[error("the backup failed: {0}")]
    Failed(#[source] BackupError),
    /// The backup's task panicked, with this message.
    #[error("the backup panicked: {0}")]
    Panicked(String),
    /// Somebody aborted the backup's task.
    #[error("the backup was cancelled")]
    Cancelled,
}

/// What came of a list of backups of which at least one failed. Each entry
/// carries the place of its database in the list, counted from 0; both lists
/// are in the order of these places.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("backups without a snapshot: {}", .failed.len())]
pub struct Failures {
    pub done: Vec<(usize, Snapshot)>,
    pub failed: Vec<(usize, Failure)>,
}

/// The message of a panic, from what `JoinError` gives as its payload. Ready to
/// use.
pub fn message_of(payload: Box<dyn Any + Send>) -> String {
    match payload.downcast::<String>() {
        Ok(message) => *message,
        Err(payload) => match payload.downcast::<&str>() {
            Ok(message) => (*message).to_owned(),
            Err(_) => "a panic without a message".to_owned(),
        },
    }
}

/// Backs up all `databases` at once: every snapshot, or every outcome there is.
///
/// No test drops this future half way.
pub async fn back_up_all<S>(
    start: S,
    databases: &[String],
) -> Result<Vec<Snapshot>, Failures>
where
    S: Fn(&str) -> Backup + Clone + Send + Sync + 'static,
{
    let _ = start; // until it is used: delete this line
    todo!("back up {} databases", databases.len())
}
