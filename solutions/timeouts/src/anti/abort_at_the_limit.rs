//! # timeouts, aborted at the limit, and nowhere else
//!
//! The line that stops the task runs at the limit. Where the caller has gone, no
//! line of this function runs any more.

use std::{panic::resume_unwind, time::Duration};

use tokio::{select, time::sleep};

use crate::given::*;

/// Downloads a file, and takes no longer than `limit`.
pub async fn download<S: Store>(
    store: &S,
    name: &str,
    limit: Duration,
) -> Result<Vec<u8>, DownloadError> {
    let (store, name) = (store.clone(), name.to_owned());
    let mut task = tokio::spawn(async move { whole(&store, &name).await });
    select! {
        joined = &mut task => match joined {
            Ok(answered) => Ok(answered?),
            Err(panic) => resume_unwind(panic.into_panic()),
        },
        () = sleep(limit) => {
            task.abort();
            Err(DownloadError::Elapsed)
        }
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
