//! # limits, the reference
//!
//! A stream of ids, of which a bounded number is being fetched at once.
//! [`buffer_unordered`](StreamExt::buffer_unordered) takes the next id from the
//! list when one of its places is free, so the list may be of any length, and
//! hands out results as they come, so that no place waits for another.

use futures::{StreamExt, stream};

use crate::given::*;

/// Fetches the documents of `ids`, at most `limit` at a time (at least 1), and
/// hands each result to `each` with its id, in the order in which they come.
///
/// # Cancel safety
///
/// Dropping the future drops the requests in flight. What was handed over stays
/// handed over; which ids were under way is lost.
pub async fn fetch_all<S: Service>(
    service: &S,
    limit: usize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    mut each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let client = &service.client();
    let mut answers = stream::iter(ids)
        // A place is taken for the whole of `fetch`, the body included.
        .map(|id| async move { (id, fetch(client, id).await) })
        .buffer_unordered(limit);
    // While `each` runs, nothing in flight moves on, and no id is taken.
    while let Some((id, answer)) = answers.next().await {
        each(id, answer);
    }
}

/// Fetches one document, its body included.
async fn fetch(client: &impl Client, id: u64) -> Answer {
    client.get(id).await?.await
}
