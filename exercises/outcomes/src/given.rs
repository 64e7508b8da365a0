//! What the exercise gives you: types and functions that are ready to use.

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

/// All the snapshots; or, if one is missing, everything with its place.
pub fn all_or_each(
    outcomes: Vec<Result<Snapshot, Failure>>,
) -> Result<Vec<Snapshot>, Failures> {
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for (place, outcome) in outcomes.into_iter().enumerate() {
        match outcome {
            Ok(snapshot) => done.push((place, snapshot)),
            Err(failure) => failed.push((place, failure)),
        }
    }
    if failed.is_empty() {
        Ok(done.into_iter().map(|(_, snapshot)| snapshot).collect())
    } else {
        Err(Failures { done, failed })
    }
}
