//! An error with every failure, and with nothing else.

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
    let backups = databases.iter().map(|database| {
        let first = start(database);
        settled(&start, database, first)
    });
    all_or_each(join_all(backups).await)
}

/// The outcome of `database`: that of its first try, or, if that may help, of a
/// second one.
async fn settled<S: Fn(&str) -> Backup>(
    start: &S,
    database: &str,
    first: Backup,
) -> Result<Snapshot, Failure> {
    match outcome_of(first).await {
        Err(Failure::Failed(BackupError::Busy)) => {
            outcome_of(start(database)).await
        }
        outcome => outcome,
    }
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

/// All the snapshots; or, if one is missing, the failures.
fn all_or_each(
    outcomes: Vec<Result<Snapshot, Failure>>,
) -> Result<Vec<Snapshot>, Failures> {
    let (done, failed): (Vec<_>, Vec<_>) = outcomes
        .into_iter()
        .enumerate()
        .partition(|(_, outcome)| outcome.is_ok());
    if failed.is_empty() {
        return Ok(done.into_iter().filter_map(|(_, one)| one.ok()).collect());
    }
    let failed = failed.into_iter();
    Err(Failures {
        done: Vec::new(),
        failed: failed
            .filter_map(|(place, one)| Some((place, one.err()?)))
            .collect(),
    })
}
