//! # timeouts, sleeping it out
//!
//! The limit is waited for, and then the task is looked at.

use std::{panic::resume_unwind, time::Duration};

use tokio::time::sleep;
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
    let task = AbortOnDropHandle::new(task);
    sleep(limit).await;
    if !task.is_finished() {
        return Err(DownloadError::Elapsed);
    }
    match task.await {
        Ok(answered) => Ok(answered?),
        Err(panic) => resume_unwind(panic.into_panic()),
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
