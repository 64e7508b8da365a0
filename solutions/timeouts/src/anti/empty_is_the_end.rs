//! # timeouts, an empty piece taken for the end
//!
//! `read` gives 0 bytes at the end of a file. A piece of a body is not a `read`.

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

/// The file up to its first empty piece, however long that takes.
async fn whole<S: Store>(store: &S, name: &str) -> Result<Vec<u8>, StoreError> {
    let mut body = store.open(name).await?;
    let mut file = Vec::new();
    loop {
        let piece = body.piece().await?.unwrap_or_default();
        if piece.is_empty() {
            return Ok(file);
        }
        file.extend(piece);
    }
}
