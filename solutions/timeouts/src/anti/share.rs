//! # timeouts, a share for the headers
//!
//! The sum is right. But headers that take longer than their half are cut,
//! whatever the body would have needed.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::given::*;

/// Downloads a file, and takes no longer than `limit`.
pub async fn download<S: Store>(
    store: &S,
    name: &str,
    limit: Duration,
) -> Result<Vec<u8>, DownloadError> {
    let began = Instant::now();
    let opened = timeout(limit / 2, store.open(name)).await;
    let Ok(answered) = opened else {
        return Err(DownloadError::Elapsed);
    };
    let left = limit.saturating_sub(began.elapsed());
    match timeout(left, read(answered?)).await {
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
