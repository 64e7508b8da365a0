//! # timeouts, the rest, read for nobody
//!
//! A connection whose answer has been read to its end can serve the next request.
//! The end may be a long way off.

use std::{pin::pin, time::Duration};

use tokio::{select, time::sleep};

use crate::given::*;

/// Downloads a file, and takes no longer than `limit`.
pub async fn download<S: Store>(
    store: &S,
    name: &str,
    limit: Duration,
) -> Result<Vec<u8>, DownloadError> {
    let mut over = pin!(sleep(limit));
    let mut body = select! {
        opened = store.open(name) => opened?,
        () = &mut over => return Err(DownloadError::Elapsed),
    };
    let mut file = Vec::new();
    loop {
        let piece = select! {
            piece = body.piece() => piece?,
            () = &mut over => break,
        };
        let Some(piece) = piece else { return Ok(file) };
        file.extend(piece);
    }
    // So that the connection can be used again.
    tokio::spawn(async move { while let Ok(Some(_)) = body.piece().await {} });
    Err(DownloadError::Elapsed)
}
