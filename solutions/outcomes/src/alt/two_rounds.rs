//! Two rounds: await the handles in order, then start the busy ones again. By
//! then nothing is under way any more that could keep a database busy.

use std::collections::BTreeMap;

use crate::given::*;

/// Backs up `databases`, all at once.
pub async fn back_up_all(
    start: impl Fn(u64) -> Backup + Clone + Send + Sync + 'static,
    databases: &[u64],
) -> Result<Snapshots, Failures> {
    let mut outcomes = BTreeMap::new();
    for (id, backup) in all_started(&start, databases) {
        outcomes.insert(id, outcome_of(backup).await);
    }
    let busy = outcomes.iter().filter(|(_, outcome)| {
        outcome.as_ref().is_err_and(is_worth_another_try)
    });
    let busy: Vec<u64> = busy.map(|(&id, _)| id).collect();
    for (id, backup) in all_started(&start, &busy) {
        outcomes.insert(id, outcome_of(backup).await);
    }
    all_or_each(outcomes)
}

/// Spawns a backup of each of them.
fn all_started(
    start: &impl Fn(u64) -> Backup,
    databases: &[u64],
) -> Vec<(u64, Backup)> {
    databases.iter().map(|&id| (id, start(id))).collect()
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
