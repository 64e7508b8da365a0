//! An await in the body of the loop: meanwhile nobody polls the requests.

use std::{num::NonZeroUsize, time::Duration};

use futures::{StreamExt, stream};
use tokio::time::sleep;

use crate::given::*;

/// Fetches the documents of `ids`, and spares the database between results.
pub async fn fetch_all(
    client: impl Client,
    limit: NonZeroUsize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    mut each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let client = &client;
    let mut answers = stream::iter(ids)
        .map(|id| async move { (id, fetch(client, id).await) })
        .buffer_unordered(limit.get());
    while let Some((id, answer)) = answers.next().await {
        each(id, answer);
        sleep(Duration::from_millis(15)).await;
    }
}

/// Fetches one document, its body included.
async fn fetch(client: &impl Client, id: u64) -> Answer {
    client.get(id).await?.await
}
