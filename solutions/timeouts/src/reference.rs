//! # timeouts, the reference
//!
//! One future from the question to the last byte, and one limit around it. At the
//! limit that future is dropped, and the body with it. With HTTP/1.1 this closes
//! the connection.

use std::time::Duration;

use tokio::time::timeout;

use crate::given::*;

/// Downloads a file, and takes no longer than `limit`.
///
/// # If it is dropped
///
/// The download ends with it, and what had arrived of the file is lost.
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

/// Downloads a file, however long that takes.
async fn whole<S: Store>(store: &S, name: &str) -> Result<Vec<u8>, StoreError> {
    let mut body = store.open(name).await?;
    let mut file = Vec::new();
    while let Some(piece) = body.piece().await? {
        file.extend(piece);
    }
    Ok(file)
}
