//! # limits, the reference
//!
//! A stream of ids, of which a bounded number is being fetched at once.
//! [`buffer_unordered`](StreamExt::buffer_unordered) takes the next id from the
//! list when one of its slots is free, so the list may be of any length, and
//! yields results as they come, so that no slot waits for another.

use std::num::NonZeroUsize;

use futures::{StreamExt, stream};

use crate::given::*;

/// Fetches the documents of `ids`, at most `limit` at a time, and hands each
/// result to `each` with its id, in the order in which they come.
///
/// # If it is dropped
///
/// The requests in flight are dropped with it. What was handed over stays
/// handed over; which ids were under way is lost.
pub async fn fetch_all(
    client: impl Client,
    limit: NonZeroUsize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    mut each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let client = &client;
    let mut answers = stream::iter(ids)
        // The slot is taken for all of `fetch`, the body included.
        .map(|id| async move { (id, fetch(client, id).await) })
        .buffer_unordered(limit.get());
    // While this body runs, nothing in flight is polled: no `.await` in here.
    while let Some((id, answer)) = answers.next().await {
        each(id, answer);
    }
}

/// Fetches one document, its body included.
async fn fetch(client: &impl Client, id: u64) -> Answer {
    client.get(id).await?.await
}
