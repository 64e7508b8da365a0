//! Permits that outlive the call: a second call on this thread waits for the
//! first.

use std::sync::Arc;

use futures::future::join_all;
use reqwest::Client;
use tokio::sync::Semaphore;

use crate::given::*;

thread_local! {
    static PERMITS: Arc<Semaphore> = Arc::new(Semaphore::new(10));
}

/// Fetches every user in `ids`, ten at a time.
pub async fn fetch_users(
    client: &Client,
    base: &str,
    ids: &[u64],
) -> Vec<Result<User, FetchError>> {
    let permits = &PERMITS.with(Arc::clone);
    let requests = ids.iter().map(async |&id| {
        let _permit = permits.acquire().await;
        fetch_user(client, base, id).await
    });
    join_all(requests).await
}
