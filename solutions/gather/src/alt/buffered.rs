//! `buffered`: a stream of futures, of which a bounded number runs at once.

use futures::{StreamExt, stream};
use reqwest::Client;

use crate::given::*;

/// How many requests are in flight at once, whatever the length of the list.
const LIMIT: usize = 10;

/// Fetches every user in `ids`, ten at a time, in the order of `ids`.
pub async fn fetch_users(
    client: &Client,
    base: &str,
    ids: &[u64],
) -> Vec<Result<User, FetchError>> {
    stream::iter(ids.iter().copied())
        .map(|id| fetch_user(client, base, id))
        // Keeps the order: a finished answer waits here for the ones before it.
        .buffered(LIMIT)
        .collect()
        .await
}
