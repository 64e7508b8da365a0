//! # timeouts, a set of one task
//!
//! A `JoinSet` aborts what is in it when it is dropped. Here the set is shut down
//! before the function returns, so that the task is gone by then.

use std::{panic::resume_unwind, time::Duration};

use tokio::{task::JoinSet, time::timeout};

use crate::given::*;

/// Downloads a file, and takes no longer than `limit`.
pub async fn download<S: Store>(
    store: &S,
    name: &str,
    limit: Duration,
) -> Result<Vec<u8>, DownloadError> {
    let (store, name) = (store.clone(), name.to_owned());
    let mut tasks = JoinSet::new();
    tasks.spawn(async move { whole(&store, &name).await });
    match timeout(limit, tasks.join_next()).await {
        Ok(Some(Ok(answered))) => Ok(answered?),
        Ok(Some(Err(panic))) => resume_unwind(panic.into_panic()),
        _elapsed => {
            tasks.shutdown().await;
            Err(DownloadError::Elapsed)
        }
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
