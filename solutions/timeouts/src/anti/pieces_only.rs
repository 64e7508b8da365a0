//! # timeouts, only the pieces are covered
//!
//! Each turn of the loop has its limit. The line above the loop waits too, and
//! has none.

use std::time::Duration;

use tokio::time::timeout;

use crate::given::*;

/// Downloads a file, and takes no longer than `limit`.
pub async fn download<S: Store>(
    store: &S,
    name: &str,
    limit: Duration,
) -> Result<Vec<u8>, DownloadError> {
    let mut body = store.open(name).await?;
    let mut file = Vec::new();
    loop {
        match timeout(limit, body.piece()).await {
            Ok(Ok(Some(piece))) => file.extend(piece),
            Ok(Ok(None)) => return Ok(file),
            Ok(Err(error)) => return Err(error.into()),
            Err(_elapsed) => return Err(DownloadError::Elapsed),
        }
    }
}
