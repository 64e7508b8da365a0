//! # timeouts, a second question at half of the limit
//!
//! A hedge: whichever response is whole first, wins. The store has two to send.

use std::{pin::pin, time::Duration};

use tokio::{
    select,
    time::{sleep, timeout},
};

use crate::given::*;

/// Downloads a file, and takes no longer than `limit`.
pub async fn download<S: Store>(
    store: &S,
    name: &str,
    limit: Duration,
) -> Result<Vec<u8>, DownloadError> {
    match timeout(limit, either(store, name, limit / 2)).await {
        Ok(answered) => Ok(answered?),
        Err(_elapsed) => Err(DownloadError::Elapsed),
    }
}

/// The whole file, asked for again after a while.
async fn either<S: Store>(
    store: &S,
    name: &str,
    after: Duration,
) -> Result<Vec<u8>, StoreError> {
    let mut first = pin!(whole(store, name));
    select! {
        biased;
        file = &mut first => return file,
        () = sleep(after) => {}
    }
    select! {
        biased;
        file = &mut first => file,
        file = whole(store, name) => file,
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
