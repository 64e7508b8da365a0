//! # timeouts, a status as the limit
//!
//! 408 and 504 are called time-outs too, so they are made one with the limit.

use std::time::Duration;

use tokio::time::timeout;

use crate::given::*;

/// Downloads a file, and takes no longer than `limit`.
pub async fn download<S: Store>(
    store: &S,
    name: &str,
    limit: Duration,
) -> Result<Vec<u8>, DownloadError> {
    match timeout(limit, whole(store, name)).await {
        Ok(Ok(file)) => Ok(file),
        Ok(Err(StoreError::Status(408 | 504))) => Err(DownloadError::Elapsed),
        Ok(Err(error)) => Err(DownloadError::Failed(error)),
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
