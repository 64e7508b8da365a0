//! The list divided into ten shares: full shares for ten ids, half empty ones
//! for eleven.

use futures::future::join_all;
use reqwest::Client;

use crate::given::*;

/// Fetches every user in `ids`: ten workers, each with its share of the list.
pub async fn fetch_users(
    client: &Client,
    base: &str,
    ids: &[u64],
) -> Vec<Result<User, FetchError>> {
    let share = ids.len().div_ceil(10).max(1);
    let workers = ids.chunks(share).map(|share| async move {
        let mut users = Vec::with_capacity(share.len());
        for &id in share {
            users.push(fetch_user(client, base, id).await);
        }
        users
    });
    join_all(workers).await.into_iter().flatten().collect()
}
