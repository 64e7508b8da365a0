//! Every failure becomes a text, and the text decides what it was.

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
        let (start, first) = (start.clone(), start(database));
        async move {
            match outcome_of(first).await {
                Err(text) if text.contains("busy") => {
                    outcome_of(start(database)).await
                }
                outcome => outcome,
            }
        }
    });
    let outcomes = join_all(backups).await.into_iter();
    all_or_each(outcomes.map(|one| one.map_err(kind_of)).collect())
}

/// What became of one backup, in words.
async fn outcome_of(backup: Backup) -> Result<Snapshot, String> {
    match backup.await {
        Ok(answer) => answer.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

/// The kind of a failure, from its words.
fn kind_of(text: String) -> Failure {
    if text.contains("cancelled") {
        Failure::Cancelled
    } else if text.contains("panicked") {
        Failure::Panicked(text)
    } else if text.contains("busy") {
        Failure::Failed(BackupError::Busy)
    } else {
        Failure::Failed(BackupError::Refused(text))
    }
}
