//! Every `JoinError` is taken for a panic.

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

/// The outcome of `database`: that of its first try, or, if that may help, of a
/// second one.
async fn settled<S: Fn(&str) -> Backup>(
    start: &S,
    database: &str,
    first: Backup,
) -> Result<Snapshot, Failure> {
    match outcome_of(first).await {
        Err(failure) if is_worth_another_try(&failure) => {
            outcome_of(start(database)).await
        }
        outcome => outcome,
    }
}

/// What became of one backup.
async fn outcome_of(backup: Backup) -> Result<Snapshot, Failure> {
    match backup.await {
        Ok(answer) => answer.map_err(Failure::Failed),
        Err(end) => Err(Failure::Panicked(message_of(end.into_panic()))),
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
