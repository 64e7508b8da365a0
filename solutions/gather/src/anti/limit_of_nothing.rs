//! `buffered` with the length of the list as its limit: right, until the list
//! is empty.

use futures::{StreamExt, stream};
use reqwest::Client;

use crate::given::*;

/// Fetches every user in `ids` at once, in the order of `ids`.
pub async fn fetch_users(
    client: &Client,
    base: &str,
    ids: &[u64],
) -> Vec<Result<User, FetchError>> {
    stream::iter(ids)
        .map(|&id| fetch_user(client, base, id))
        .buffered(ids.len())
        .collect()
        .await
}
