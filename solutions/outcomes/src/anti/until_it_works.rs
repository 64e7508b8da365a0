//! A busy database is asked again until it is not busy any more.

use futures::future::join_all;

use crate::given::*;

/// Backs up all `databases` at once.
pub async fn back_up_all<S>(
    start: S,
    databases: &[String],
) -> Result<Vec<Snapshot>, Failures>
where
    S: Fn(&str) -> Backup + Clone + Send + Sync + 'static,
{
    let backups = databases.iter().map(|database| {
        let first = start(database);
        settled(&start, database, first)
    });
    all_or_each(join_all(backups).await)
}

/// The outcome of `database`: that, when it is not busy any more.
async fn settled<S: Fn(&str) -> Backup>(
    start: &S,
    database: &str,
    first: Backup,
) -> Result<Snapshot, Failure> {
    let mut outcome = outcome_of(first).await;
    while outcome.as_ref().is_err_and(is_worth_another_try) {
        outcome = outcome_of(start(database)).await;
    }
    outcome
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
