//! The first tries end by themselves; of the second tries, the first failure
//! aborts the rest.

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
    let first = databases.iter().map(|database| outcome_of(start(database)));
    let mut outcomes = join_all(first).await;
    let busy = |place: &usize| {
        outcomes[*place].as_ref().is_err_and(is_worth_another_try)
    };
    let places: Vec<_> = (0..outcomes.len()).filter(busy).collect();
    let second = places.iter().map(|place| start(&databases[*place]));
    let second = all_or_stopped(second.collect()).await;
    for (place, outcome) in places.into_iter().zip(second) {
        outcomes[place] = outcome;
    }
    all_or_each(outcomes)
}

/// The outcomes of `backups`. The first one to fail aborts the others.
async fn all_or_stopped(
    backups: Vec<Backup>,
) -> Vec<Result<Snapshot, Failure>> {
    let all: Vec<_> = backups.iter().map(JoinHandle::abort_handle).collect();
    let outcomes = backups.into_iter().map(|backup| {
        let outcome = outcome_of(backup);
        outcome.inspect_err(|_| all.iter().for_each(AbortHandle::abort))
    });
    join_all(outcomes).await
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
