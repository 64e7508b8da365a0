//! Every failure becomes a text, and the text decides what it was.

use futures::future::join_all;

use crate::given::*;

/// Backs up `databases`, all at once.
pub async fn back_up_all(
    start: impl Fn(u64) -> Backup + Clone + Send + Sync + 'static,
    databases: &[u64],
) -> Result<Snapshots, Failures> {
    let backups: Vec<(u64, Backup)> =
        databases.iter().map(|&id| (id, start(id))).collect();
    let outcomes = backups.into_iter().map(async |(id, first)| {
        let outcome = match outcome_of(first).await {
            Err(text) if text.contains("busy") => outcome_of(start(id)).await,
            outcome => outcome,
        };
        (id, outcome.map_err(kind_of))
    });
    all_or_each(join_all(outcomes).await)
}

/// What became of one try, in words.
async fn outcome_of(backup: Backup) -> Result<Snapshot, String> {
    match backup.await {
        Ok(returned) => returned.map_err(|error| error.to_string()),
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
