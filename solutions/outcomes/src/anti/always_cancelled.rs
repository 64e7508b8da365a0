//! Every `JoinError` is taken for a cancellation.

use futures::future::join_all;

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

/// The outcome of a database: that of its first try, or, if that may help, of a
/// second one.
async fn settled(
    start: &impl Fn(u64) -> Backup,
    database: u64,
    first: Backup,
) -> (u64, Outcome) {
    let mut outcome = outcome_of(first).await;
    if outcome.as_ref().is_err_and(is_worth_another_try) {
        outcome = outcome_of(start(database)).await;
    }
    (database, outcome)
}

/// What became of one try.
async fn outcome_of(backup: Backup) -> Outcome {
    match backup.await {
        Ok(returned) => returned.map_err(Failure::Failed),
        Err(_) => Err(Failure::Cancelled),
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
