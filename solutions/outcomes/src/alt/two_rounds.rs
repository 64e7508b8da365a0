//! Two rounds: await the handles in order, then start the busy ones again. By
//! then nothing is under way any more that could keep a database busy.

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
    let mut outcomes = Vec::with_capacity(first.len());
    for backup in first {
        outcomes.push(outcome_of(backup).await);
    }
    let mut second = Vec::new();
    for (place, outcome) in outcomes.iter().enumerate() {
        if outcome.as_ref().is_err_and(is_worth_another_try) {
            second.push((place, start(&databases[place])));
        }
    }
    for (place, backup) in second {
        outcomes[place] = outcome_of(backup).await;
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
