//! # timeouts, one timer beside a loop
//!
//! The timer is made once, before the loop, and pinned, so that each turn goes on
//! waiting for the same one.

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
        biased;
        opened = store.open(name) => opened?,
        () = &mut over => return Err(DownloadError::Elapsed),
    };
    let mut file = Vec::new();
    loop {
        let piece = select! {
            biased;
            piece = body.piece() => piece?,
            () = &mut over => return Err(DownloadError::Elapsed),
        };
        match piece {
            Some(piece) => file.extend(piece),
            None => return Ok(file),
        }
    }
}
