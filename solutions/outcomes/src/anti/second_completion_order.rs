//! The second tries in the order in which they end, beside the ids of those that
//! were busy.

use futures::{
    future::join_all,
    stream::{FuturesUnordered, StreamExt},
};

use crate::given::*;

/// Backs up `databases`, all at once.
pub async fn back_up_all(
    start: impl Fn(u64) -> Backup + Clone + Send + Sync + 'static,
    databases: &[u64],
) -> Result<Snapshots, Failures> {
    let backups: Vec<Backup> = databases.iter().map(|&id| start(id)).collect();
    let first = join_all(backups.into_iter().map(outcome_of)).await;
    let (busy, mut outcomes): (Vec<_>, Vec<_>) =
        databases.iter().copied().zip(first).partition(|(_, one)| {
            one.as_ref().is_err_and(is_worth_another_try)
        });
    let mut second: FuturesUnordered<_> =
        busy.iter().map(|(id, _)| outcome_of(start(*id))).collect();
    for (id, _) in busy {
        outcomes.extend(second.next().await.map(|outcome| (id, outcome)));
    }
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
