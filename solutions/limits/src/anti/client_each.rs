//! A client for each request, with connections of its own.

use futures::{StreamExt, stream};

use crate::given::*;

/// Fetches the documents of `ids`, at most `limit` at a time.
pub async fn fetch_all<S: Service>(
    service: &S,
    limit: usize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    mut each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let mut answers = stream::iter(ids)
        .map(|id| {
            let client = service.client();
            async move { (id, fetch(&client, id).await) }
        })
        .buffer_unordered(limit);
    while let Some((id, answer)) = answers.next().await {
        each(id, answer);
    }
}

/// Fetches one document, its body included.
async fn fetch(client: &impl Client, id: u64) -> Answer {
    client.get(id).await?.await
}
