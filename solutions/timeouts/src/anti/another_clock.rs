//! # timeouts, another clock
//!
//! The time is that of `std`. Where tokio's clock is paused, the two differ.

use std::time::{Duration, Instant};

use crate::given::*;

/// Downloads a file, and takes no longer than `limit`.
pub async fn download<S: Store>(
    store: &S,
    name: &str,
    limit: Duration,
) -> Result<Vec<u8>, DownloadError> {
    let began = Instant::now();
    let mut body = store.open(name).await?;
    let mut file = Vec::new();
    while let Some(piece) = body.piece().await? {
        if began.elapsed() >= limit {
            return Err(DownloadError::Elapsed);
        }
        file.extend(piece);
    }
    Ok(file)
}
