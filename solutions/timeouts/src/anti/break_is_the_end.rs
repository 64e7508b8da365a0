//! # timeouts, a break taken for the end
//!
//! The pattern does not match the end of the file, nor an error.

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
        Ok(answered) => Ok(answered?),
        Err(_elapsed) => Err(DownloadError::Elapsed),
    }
}

/// What comes of the file, however long that takes.
async fn whole<S: Store>(store: &S, name: &str) -> Result<Vec<u8>, StoreError> {
    let mut body = store.open(name).await?;
    let mut file = Vec::new();
    while let Ok(Some(piece)) = body.piece().await {
        file.extend(piece);
    }
    Ok(file)
}
