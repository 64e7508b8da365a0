//! Chunks of the list, each awaited to its end before the next one begins.

use std::num::NonZeroUsize;

use futures::future::join_all;

use crate::given::*;

/// Fetches the documents of `ids`, `limit` at a time.
pub async fn fetch_all(
    client: impl Client,
    limit: NonZeroUsize,
    mut ids: impl Iterator<Item = u64> + Send + 'static,
    mut each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let client = &client;
    loop {
        let chunk: Vec<u64> = ids.by_ref().take(limit.get()).collect();
        if chunk.is_empty() {
            break;
        }
        let fetches = chunk.iter().map(|&id| fetch(client, id));
        let answers = join_all(fetches).await;
        for (id, answer) in chunk.into_iter().zip(answers) {
            each(id, answer);
        }
    }
}

/// Fetches one document, its body included.
async fn fetch(client: &impl Client, id: u64) -> Answer {
    client.get(id).await?.await
}
