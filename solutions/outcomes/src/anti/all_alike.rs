//! Every failure is treated alike: it is told, and nothing is done about it.

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
    let first: Vec<Backup> =
        databases.iter().map(|database| start(database)).collect();
    all_or_each(join_all(first.into_iter().map(outcome_of)).await)
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
