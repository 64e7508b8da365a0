//! `buffered` keeps the order: an answer that is there keeps its place until all
//! before it are there too.

use futures::{StreamExt, stream};

use crate::given::*;

/// Fetches the documents of `ids`, at most `limit` at a time.
pub async fn fetch_all<S: Service>(
    service: &S,
    limit: usize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    mut each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let client = &service.client();
    let mut answers = stream::iter(ids)
        .map(|id| async move { (id, fetch(client, id).await) })
        .buffered(limit);
    while let Some((id, answer)) = answers.next().await {
        each(id, answer);
    }
}

/// Fetches one document, its body included.
async fn fetch(client: &impl Client, id: u64) -> Answer {
    client.get(id).await?.await
}
