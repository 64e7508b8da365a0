//! The first failure aborts the backups that are still under way, and they are
//! told as cancelled.

use futures::future::{TryFutureExt, join_all};
use tokio::task::{AbortHandle, JoinHandle};

use crate::given::*;

/// Backs up all `databases` at once.
pub async fn back_up_all<S>(
    start: S,
    databases: &[String],
) -> Result<Vec<Snapshot>, Failures>
where
    S: Fn(&str) -> Backup + Clone + Send + Sync + 'static,
{
    let first: Vec<Backup> =
        databases.iter().map(|database| start(database)).collect();
    let all: Vec<_> = first.iter().map(JoinHandle::abort_handle).collect();
    let backups = first.into_iter().zip(databases).map(|(first, database)| {
        let outcome = settled(&start, database, first);
        outcome.inspect_err(|_| all.iter().for_each(AbortHandle::abort))
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
