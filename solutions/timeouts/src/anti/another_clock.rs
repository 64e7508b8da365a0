//! # timeouts, another clock
//!
//! The limit is kept by a thread that sleeps. Where tokio's clock is paused, or
//! the machine is, the two differ.

use std::{thread, time::Duration};

use tokio::{select, sync::oneshot};

use crate::given::*;

/// Downloads a file, and takes no longer than `limit`.
pub async fn download<S: Store>(
    store: &S,
    name: &str,
    limit: Duration,
) -> Result<Vec<u8>, DownloadError> {
    let (tell, over) = oneshot::channel::<()>();
    thread::spawn(move || {
        thread::sleep(limit);
        drop(tell);
    });
    select! {
        biased;
        answered = whole(store, name) => Ok(answered?),
        _ = over => Err(DownloadError::Elapsed),
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
