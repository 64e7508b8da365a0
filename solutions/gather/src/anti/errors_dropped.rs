//! Errors filtered out: what failed leaves no trace.

use futures::future::join_all;
use reqwest::Client;

use crate::given::*;

/// Fetches every user in `ids` at once and keeps those that could be fetched.
pub async fn fetch_users(
    client: &Client,
    base: &str,
    ids: &[u64],
) -> Vec<Result<User, FetchError>> {
    let requests = ids.iter().map(|&id| fetch_user(client, base, id));
    // `flatten` takes a `Result` for a list of nought or one.
    join_all(requests).await.into_iter().flatten().map(Ok).collect()
}
