//! Every failure is treated alike: it is reported, and nothing is done about it.

use futures::future::join_all;

use crate::given::*;

/// Backs up `databases`, all at once.
pub async fn back_up_all(
    start: impl Fn(u64) -> Backup + Clone + Send + Sync + 'static,
    databases: &[u64],
) -> Result<Snapshots, Failures> {
    let backups: Vec<Backup> = databases.iter().map(|&id| start(id)).collect();
    let outcomes = join_all(backups.into_iter().map(outcome_of)).await;
    all_or_each(databases.iter().copied().zip(outcomes))
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
