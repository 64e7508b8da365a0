//! `ok` and `filter_map`: what failed is never heard of.

use std::num::NonZeroUsize;

use futures::{StreamExt, stream};

use crate::given::*;

/// Fetches the documents of `ids`, at most `limit` at a time.
pub async fn fetch_all(
    client: impl Client,
    limit: NonZeroUsize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    mut each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let client = &client;
    let mut answers = stream::iter(ids)
        .map(|id| async move { Some((id, fetch(client, id).await.ok()?)) })
        .buffer_unordered(limit.get())
        .filter_map(|answer| async { answer })
        .boxed_local();
    while let Some((id, text)) = answers.next().await {
        each(id, Ok(text));
    }
}

/// Fetches one document, its body included.
async fn fetch(client: &impl Client, id: u64) -> Answer {
    client.get(id).await?.await
}
