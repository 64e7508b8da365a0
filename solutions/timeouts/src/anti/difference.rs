//! # timeouts, a difference below zero
//!
//! Each step gets what is left of the limit. Where the clock has passed it, there
//! is no difference, and `expect` panics as `-` does.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::given::*;

/// Downloads a file, and takes no longer than `limit`.
///
/// # Panics
///
/// Where the clock has passed the limit between two pieces.
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
        let left = limit.checked_sub(began.elapsed()).expect("time is left");
        match timeout(left, body.piece()).await {
            Ok(Ok(Some(piece))) => file.extend(piece),
            Ok(Ok(None)) => return Ok(file),
            Ok(Err(error)) => return Err(error.into()),
            Err(_elapsed) => return Err(DownloadError::Elapsed),
        }
    }
}
