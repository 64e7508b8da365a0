//! A set of what has been seen: an id that occurs twice is asked for once.

use std::{collections::HashSet, num::NonZeroUsize};

use futures::{StreamExt, stream};

use crate::given::*;

/// Fetches the documents of `ids`, each id once.
pub async fn fetch_all(
    client: impl Client,
    limit: NonZeroUsize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    mut each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let client = &client;
    let mut seen = HashSet::new();
    let mut answers = stream::iter(ids.filter(move |id| seen.insert(*id)))
        .map(|id| async move { (id, fetch(client, id).await) })
        .buffer_unordered(limit.get());
    while let Some((id, answer)) = answers.next().await {
        each(id, answer);
    }
}

/// Fetches one document, its body included.
async fn fetch(client: &impl Client, id: u64) -> Answer {
    client.get(id).await?.await
}
