//! # timeouts, a timer for each turn
//!
//! `select!` makes its futures when it is entered: `sleep(limit)` begins again
//! with each piece.

use std::time::Duration;

use tokio::{select, time::sleep};

use crate::given::*;

/// Downloads a file, and takes no longer than `limit`.
pub async fn download<S: Store>(
    store: &S,
    name: &str,
    limit: Duration,
) -> Result<Vec<u8>, DownloadError> {
    let mut body = select! {
        opened = store.open(name) => opened?,
        () = sleep(limit) => return Err(DownloadError::Elapsed),
    };
    let mut file = Vec::new();
    loop {
        let piece = select! {
            piece = body.piece() => piece?,
            () = sleep(limit) => return Err(DownloadError::Elapsed),
        };
        match piece {
            Some(piece) => file.extend(piece),
            None => return Ok(file),
        }
    }
}
