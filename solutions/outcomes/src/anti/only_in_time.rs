//! A second try only while the night is young.

use std::time::Duration;

use futures::future::join_all;
use tokio::time::Instant;

use crate::given::*;

/// Backs up `databases`, all at once.
pub async fn back_up_all(
    start: impl Fn(u64) -> Backup + Clone + Send + Sync + 'static,
    databases: &[u64],
) -> Result<Snapshots, Failures> {
    let backups: Vec<(u64, Backup)> =
        databases.iter().map(|&id| (id, start(id))).collect();
    let outcomes =
        backups.into_iter().map(|(id, first)| settled(&start, id, first));
    all_or_each(join_all(outcomes).await)
}

/// The outcome of a database: that of its first try, or, if that may help and
/// little time has passed, of a second one.
async fn settled(
    start: &impl Fn(u64) -> Backup,
    database: u64,
    first: Backup,
) -> (u64, Outcome) {
    let began = Instant::now();
    let mut outcome = outcome_of(first).await;
    if outcome.as_ref().is_err_and(is_worth_another_try)
        && began.elapsed() < Duration::from_hours(1)
    {
        outcome = outcome_of(start(database)).await;
    }
    (database, outcome)
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
