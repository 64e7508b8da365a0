//! What the exercise gives you: types and functions that are ready to use.

use std::{any::Any, collections::BTreeMap};

use tokio::task::JoinHandle;

/// Where the copy of a database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot(pub String);

/// Why a backup has no snapshot to return.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BackupError {
    /// Something else was using the database; a second try may succeed.
    #[error("the database is busy")]
    Busy,
    /// The database refused, with this message, and would refuse again.
    #[error("the database refused: {0}")]
    Refused(String),
}

/// A backup under way: a task that has been spawned.
pub type Backup = JoinHandle<Result<Snapshot, BackupError>>;

/// Why there is no snapshot of a database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The backup returned this error.
    #[error("the backup failed")]
    Failed(#[source] BackupError),
    /// The backup's task panicked, with this message.
    #[error("the backup panicked: {0}")]
    Panicked(String),
    /// The backup's task was aborted, or its runtime was shut down.
    #[error("the backup was cancelled")]
    Cancelled,
}

/// What became of one backup.
pub type Outcome = Result<Snapshot, Failure>;

/// Snapshots, each under the id of its database.
pub type Snapshots = BTreeMap<u64, Snapshot>;

/// What became of all backups, where one has failed at least.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("backups without a snapshot: {}", .failed.len())]
pub struct Failures {
    pub done: Snapshots,
    pub failed: BTreeMap<u64, Failure>,
}

/// All the snapshots; or, if one is missing, everything there is. Each outcome
/// comes with the id of its database.
pub fn all_or_each(
    outcomes: impl IntoIterator<Item = (u64, Outcome)>,
) -> Result<Snapshots, Failures> {
    let (mut done, mut failed) = (BTreeMap::new(), BTreeMap::new());
    for (database, outcome) in outcomes {
        match outcome {
            Ok(snapshot) => drop(done.insert(database, snapshot)),
            Err(failure) => drop(failed.insert(database, failure)),
        }
    }
    if failed.is_empty() { Ok(done) } else { Err(Failures { done, failed }) }
}

/// The message of a panic, from the payload that a `JoinError` gives.
pub fn message_of(payload: Box<dyn Any + Send>) -> String {
    match payload.downcast::<String>() {
        Ok(message) => *message,
        Err(payload) => match payload.downcast::<&str>() {
            Ok(message) => (*message).to_owned(),
            Err(_) => "a panic without a message".to_owned(),
        },
    }
}
