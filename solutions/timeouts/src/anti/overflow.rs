//! # timeouts, a limit that overflows
//!
//! An `Instant` is a point in time, and there is none `Duration::MAX` from now.

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
    match timeout_at(deadline, whole(store, name)).await {
        Ok(answered) => Ok(answered?),
        Err(_elapsed) => Err(DownloadError::Elapsed),
    }
}

/// The whole file, however long that takes.
async fn whole<S: Store>(store: &S, name: &str) -> Result<Vec<u8>, StoreError> {
    let mut body = store.open(name).await?;
    let mut file = Vec::new();
    while let Some(piece) = body.piece().await? {
        file.extend(piece);
    }
    Ok(file)
}
