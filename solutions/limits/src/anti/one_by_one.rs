//! One request after another: the limit is kept, and never used.

use std::num::NonZeroUsize;

use crate::given::*;

/// Fetches the documents of `ids`.
pub async fn fetch_all(
    client: impl Client,
    _limit: NonZeroUsize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    mut each: impl FnMut(u64, Answer) + Send + 'static,
) {
    for id in ids {
        let answer = fetch(&client, id).await;
        each(id, answer);
    }
}

/// Fetches one document, its body included.
async fn fetch(client: &impl Client, id: u64) -> Answer {
    client.get(id).await?.await
}
