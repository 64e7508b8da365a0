//! # timeouts, a panic as a failure
//!
//! 500 is what a server would have answered. It was no server that panicked.

use std::time::Duration;

use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;

use crate::given::*;

/// Downloads a file, and takes no longer than `limit`.
pub async fn download<S: Store>(
    store: &S,
    name: &str,
    limit: Duration,
) -> Result<Vec<u8>, DownloadError> {
    let (store, name) = (store.clone(), name.to_owned());
    let task = tokio::spawn(async move { whole(&store, &name).await });
    match timeout(limit, AbortOnDropHandle::new(task)).await {
        Ok(Ok(answered)) => Ok(answered?),
        Ok(Err(_panic)) => Err(DownloadError::Failed(StoreError::Status(500))),
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
