//! # timeouts, a difference below zero
//!
//! Each step gets what is left of the limit. Where the clock has passed it, the
//! difference of two `Duration`s panics.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::given::*;

/// Downloads a file, and takes no longer than `limit`.
pub async fn download<S: Store>(
    store: &S,
    name: &str,
    limit: Duration,
) -> Result<Vec<u8>, DownloadError> {
    let began = Instant::now();
    let Ok(opened) = timeout(limit, store.open(name)).await else {
        return Err(DownloadError::Elapsed);
    };
    let mut body = opened?;
    let mut file = Vec::new();
    loop {
        let left = limit - began.elapsed();
        match timeout(left, body.piece()).await {
            Ok(Ok(Some(piece))) => file.extend(piece),
            Ok(Ok(None)) => return Ok(file),
            Ok(Err(error)) => return Err(error.into()),
            Err(_elapsed) => return Err(DownloadError::Elapsed),
        }
    }
}
