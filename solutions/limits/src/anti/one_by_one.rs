//! One request after another: the limit is kept, and never used.

use crate::given::*;

/// Fetches the documents of `ids`.
pub async fn fetch_all<S: Service>(
    service: &S,
    _limit: usize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    mut each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let client = service.client();
    for id in ids {
        let answer = fetch(&client, id).await;
        each(id, answer);
    }
}

/// Fetches one document, its body included.
async fn fetch(client: &impl Client, id: u64) -> Answer {
    client.get(id).await?.await
}
