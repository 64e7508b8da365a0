//! The place of an outcome is looked up by the name of its database.

use futures::future::{FutureExt, join_all};

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
        let outcome = settled(&start, database, start(database));
        outcome.map(move |outcome| (database, outcome))
    });
    let outcomes = join_all(backups).await.into_iter();
    let placed = outcomes.map(|(database, outcome)| {
        let place = databases.iter().position(|one| one == database);
        (place.unwrap_or_default(), outcome)
    });
    all_or_each(placed.collect())
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

/// All the snapshots; or, if one is missing, everything with its place.
fn all_or_each(
    outcomes: Vec<(usize, Result<Snapshot, Failure>)>,
) -> Result<Vec<Snapshot>, Failures> {
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for (place, outcome) in outcomes {
        match outcome {
            Ok(snapshot) => done.push((place, snapshot)),
            Err(failure) => failed.push((place, failure)),
        }
    }
    if failed.is_empty() {
        Ok(done.into_iter().map(|(_, snapshot)| snapshot).collect())
    } else {
        Err(Failures { done, failed })
    }
}
