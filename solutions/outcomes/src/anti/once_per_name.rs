//! Names that have had a second try are noted, so that none has a third.

use std::collections::HashSet;

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
    let first = databases.iter().map(|database| outcome_of(start(database)));
    let mut outcomes = join_all(first).await;
    let mut tried_again = HashSet::new();
    for (database, outcome) in databases.iter().zip(&mut outcomes) {
        if outcome.as_ref().is_err_and(is_worth_another_try)
            && tried_again.insert(database)
        {
            *outcome = outcome_of(start(database)).await;
        }
    }
    all_or_each(outcomes)
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
