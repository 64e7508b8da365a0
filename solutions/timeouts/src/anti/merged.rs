//! # timeouts, every error is the limit
//!
//! Two results, one in the other, and one arm for whatever is not a file.

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
        _ => Err(DownloadError::Elapsed),
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
