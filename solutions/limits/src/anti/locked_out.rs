//! The body of the loop waits for what a buffered future holds: a deadlock.

use std::{num::NonZeroUsize, sync::Arc};

use futures::{StreamExt, stream};
use tokio::sync::Semaphore;

use crate::given::*;

/// Fetches the documents of `ids`; handing over is limited like fetching.
pub async fn fetch_all(
    client: impl Client,
    limit: NonZeroUsize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    mut each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let (client, permits) = (&client, Arc::new(Semaphore::new(limit.get())));
    let mut answers = stream::iter(ids)
        .map(|id| {
            let permits = Arc::clone(&permits);
            async move {
                let permit = permits.acquire_owned().await;
                (id, fetch(client, id).await, permit)
            }
        })
        .buffer_unordered(limit.get());
    while let Some((id, answer, _permit)) = answers.next().await {
        let _second = permits.acquire().await;
        each(id, answer);
    }
}

/// Fetches one document, its body included.
async fn fetch(client: &impl Client, id: u64) -> Answer {
    client.get(id).await?.await
}
