//! Ten permits for the whole process: a second call waits for the first.

use futures::future::join_all;
use reqwest::Client;
use tokio::sync::Semaphore;

use crate::given::*;

static PERMITS: Semaphore = Semaphore::const_new(10);

/// Fetches every user in `ids`, ten at a time.
pub async fn fetch_users(
    client: &Client,
    base: &str,
    ids: &[u64],
) -> Vec<Result<User, FetchError>> {
    let requests = ids.iter().map(async |&id| {
        let _permit = PERMITS.acquire().await;
        fetch_user(client, base, id).await
    });
    join_all(requests).await
}
