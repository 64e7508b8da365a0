//! # timeouts, one download at a time
//!
//! The permit belongs to the process, and the time that a call waits for it is
//! the caller's.

use std::time::Duration;

use tokio::{sync::Semaphore, time::timeout};

use crate::given::*;

/// A slot for the whole process.
static SLOT: Semaphore = Semaphore::const_new(1);

/// Downloads a file, and takes no longer than `limit`.
pub async fn download<S: Store>(
    store: &S,
    name: &str,
    limit: Duration,
) -> Result<Vec<u8>, DownloadError> {
    let _slot = SLOT.acquire().await;
    match timeout(limit, whole(store, name)).await {
        Ok(answered) => Ok(answered?),
        Err(_elapsed) => Err(DownloadError::Elapsed),
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
