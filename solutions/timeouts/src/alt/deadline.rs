//! # timeouts, one deadline for every step
//!
//! A deadline is a moment, so each step may have the same one. The sum overflows
//! for a limit of thousands of years: `checked_add` would tell.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::given::*;

/// Downloads a file, and takes no longer than `limit`.
pub async fn download<S: Store>(
    store: &S,
    name: &str,
    limit: Duration,
) -> Result<Vec<u8>, DownloadError> {
    let deadline = Instant::now() + limit;
    let mut body = by(deadline, store.open(name)).await?;
    let mut file = Vec::new();
    while let Some(piece) = by(deadline, body.piece()).await? {
        file.extend(piece);
    }
    Ok(file)
}

/// One step, which has to end by `deadline`.
async fn by<T>(
    deadline: Instant,
    step: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, DownloadError> {
    match timeout_at(deadline, step).await {
        Ok(answered) => Ok(answered?),
        Err(_elapsed) => Err(DownloadError::Elapsed),
    }
}
