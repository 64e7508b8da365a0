//! # timeouts, asked again without a response
//!
//! Nothing has come yet, so it seems to do no harm to ask once more.

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

/// The whole file, however long that takes.
async fn whole<S: Store>(store: &S, name: &str) -> Result<Vec<u8>, StoreError> {
    let mut body = match store.open(name).await {
        Err(StoreError::Transport(_)) => store.open(name).await?,
        opened => opened?,
    };
    let mut file = Vec::new();
    while let Some(piece) = body.piece().await? {
        file.extend(piece);
    }
    Ok(file)
}
