//! `try_join_all`: the first failure is all that is told, and nobody waits for
//! the rest.

use futures::future::{TryFutureExt, try_join_all};

use crate::given::*;

/// Backs up all `databases` at once.
pub async fn back_up_all<S>(
    start: S,
    databases: &[String],
) -> Result<Vec<Snapshot>, Failures>
where
    S: Fn(&str) -> Backup + Clone + Send + Sync + 'static,
{
    let backups = databases.iter().enumerate().map(|(place, database)| {
        let outcome = settled(&start, database, start(database));
        outcome.map_err(move |failure| Failures {
            done: Vec::new(),
            failed: vec![(place, failure)],
        })
    });
    try_join_all(backups).await
}

/// The outcome of `database`: that of its first try, or, if that may help, of a
/// second one.
async fn settled<S: Fn(&str) -> Backup>(
    start: &S,
    database: &str,
    first: Backup,
) -> Result<Snapshot, Failure> {
    match outcome_of(first).await {
        Err(Failure::Failed(BackupError::Busy)) => {
            outcome_of(start(database)).await
        }
        outcome => outcome,
    }
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
