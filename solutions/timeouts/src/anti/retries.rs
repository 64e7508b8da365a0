//! # timeouts, asked again after a failure
//!
//! There is time left, so the store is asked once more.

use std::time::Duration;

use tokio::time::timeout;

use crate::given::*;

/// Downloads a file, and takes no longer than `limit`.
pub async fn download<S: Store>(
    store: &S,
    name: &str,
    limit: Duration,
) -> Result<Vec<u8>, DownloadError> {
    match timeout(limit, until_it_works(store, name)).await {
        Ok(answered) => Ok(answered?),
        Err(_elapsed) => Err(DownloadError::Elapsed),
    }
}

/// The whole file, from one of three tries.
async fn until_it_works<S: Store>(
    store: &S,
    name: &str,
) -> Result<Vec<u8>, StoreError> {
    for _ in 0..2 {
        if let Ok(file) = whole(store, name).await {
            return Ok(file);
        }
    }
    whole(store, name).await
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
