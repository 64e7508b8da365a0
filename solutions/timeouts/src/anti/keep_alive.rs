//! # timeouts, an empty piece as a sign of life
//!
//! A store that sends an empty piece is alive, so it is given its time again.

use std::{pin::pin, time::Duration};

use tokio::{
    select,
    time::{Instant, sleep},
};

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
            Some(piece) if piece.is_empty() => {
                over.as_mut().reset(Instant::now() + limit);
            }
            Some(piece) => file.extend(piece),
            None => return Ok(file),
        }
    }
}
