//! Chunks of ten, each awaited to its end before the next one begins.

use futures::future::join_all;
use reqwest::Client;

use crate::given::*;

/// Fetches every user in `ids`, ten at a time.
pub async fn fetch_users(
    client: &Client,
    base: &str,
    ids: &[u64],
) -> Vec<Result<User, FetchError>> {
    let mut users = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(10) {
        let requests = chunk.iter().map(|&id| fetch_user(client, base, id));
        users.extend(join_all(requests).await);
    }
    users
}
