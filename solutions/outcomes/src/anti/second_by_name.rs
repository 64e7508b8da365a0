//! The second tries are kept in a map by the names of their databases.

use std::{any::Any, collections::HashMap};

use futures::future::join_all;
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

/// Backs up all `databases` at once.
pub async fn back_up_all<S>(
    start: S,
    databases: &[String],
) -> Result<Vec<Snapshot>, Failures>
where
    S: Fn(&str) -> Backup + Clone + Send + Sync + 'static,
{
    let first = databases.iter().map(|database| outcome_of(start(database)));
    let mut outcomes = join_all(first).await;
    let mut second = HashMap::new();
    for (database, outcome) in databases.iter().zip(&outcomes) {
        if outcome.as_ref().is_err_and(is_worth_another_try) {
            let again = outcome_of(start(database)).await;
            second.insert(database, again);
        }
    }
    for (database, outcome) in databases.iter().zip(&mut outcomes) {
        if let Some(again) = second.get(database) {
            outcome.clone_from(again);
        }
    }
    all_or_each(outcomes)
}

/// What became of one backup: its answer, a panic, or an abort.
async fn outcome_of(backup: Backup) -> Result<Snapshot, Failure> {
    // Two results, one around the other: the task's end, and its answer.
    match backup.await {
        Ok(answer) => answer.map_err(Failure::Failed),
        Err(end) => Err(match end.try_into_panic() {
            Ok(payload) => Failure::Panicked(message_of(payload)),
            Err(_aborted) => Failure::Cancelled,
        }),
    }
}

/// Whether a second try may help. Without a `_`, a new kind of failure does not
/// compile until somebody has decided about it.
fn is_worth_another_try(failure: &Failure) -> bool {
    match failure {
        Failure::Failed(BackupError::Busy) => true,
        Failure::Failed(BackupError::Refused(_))
        | Failure::Panicked(_)
        | Failure::Cancelled => false,
    }
}

/// All the snapshots; or, if one is missing, everything with its place.
fn all_or_each(
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
