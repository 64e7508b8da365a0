//! The first tries end by themselves; of the second tries, the first failure
//! aborts the rest.

use std::collections::BTreeMap;

use futures::future::join_all;
use tokio::task::AbortHandle;

use crate::given::*;

/// Backs up `databases`, all at once.
pub async fn back_up_all(
    start: impl Fn(u64) -> Backup + Clone + Send + Sync + 'static,
    databases: &[u64],
) -> Result<Snapshots, Failures> {
    let backups: Vec<Backup> = databases.iter().map(|&id| start(id)).collect();
    let first = join_all(backups.into_iter().map(outcome_of)).await;
    let mut outcomes: BTreeMap<u64, Outcome> =
        databases.iter().copied().zip(first).collect();
    let busy = outcomes.iter().filter(|(_, outcome)| {
        outcome.as_ref().is_err_and(is_worth_another_try)
    });
    let second: Vec<(u64, Backup)> =
        busy.map(|(&id, _)| (id, start(id))).collect();
    let all: Vec<_> =
        second.iter().map(|(_, one)| one.abort_handle()).collect();
    let second = second.into_iter().map(async |(id, backup)| {
        let stop = |_: &Failure| all.iter().for_each(AbortHandle::abort);
        (id, outcome_of(backup).await.inspect_err(stop))
    });
    outcomes.extend(join_all(second).await);
    all_or_each(outcomes)
}

/// What became of one try: what it returned, a panic, or a cancellation.
async fn outcome_of(backup: Backup) -> Outcome {
    // Two results, one around the other: how the task ended, and what it
    // returned.
    match backup.await {
        Ok(returned) => returned.map_err(Failure::Failed),
        Err(end) => Err(match end.try_into_panic() {
            Ok(payload) => Failure::Panicked(message_of(payload)),
            Err(_cancelled) => Failure::Cancelled,
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
