//! # timeouts, two tries in the time of one
//!
//! Each try has half of the limit, and the second begins from nothing.

use std::time::Duration;

use tokio::time::timeout;

use crate::given::*;

/// Downloads a file, and takes no longer than `limit`.
pub async fn download<S: Store>(
    store: &S,
    name: &str,
    limit: Duration,
) -> Result<Vec<u8>, DownloadError> {
    for _ in 0..2 {
        let tried = timeout(limit / 2, whole(store, name)).await;
        if let Ok(answered) = tried {
            return Ok(answered?);
        }
    }
    Err(DownloadError::Elapsed)
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
