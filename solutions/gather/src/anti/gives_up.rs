//! Giving up on the rest: after one lost connection, nobody else is asked for.

use std::sync::atomic::{AtomicBool, Ordering};

use futures::{StreamExt, stream};
use reqwest::Client;

use crate::given::*;

/// Fetches every user in `ids`, ten at a time, while the service is up.
pub async fn fetch_users(
    client: &Client,
    base: &str,
    ids: &[u64],
) -> Vec<Result<User, FetchError>> {
    let down = &AtomicBool::new(false);
    stream::iter(ids)
        .map(|&id| async move {
            if down.load(Ordering::Relaxed) {
                return Err(FetchError::Status(503));
            }
            let user = fetch_user(client, base, id).await;
            if let Err(FetchError::Transport(_)) = user {
                down.store(true, Ordering::Relaxed);
            }
            user
        })
        .buffered(10)
        .collect()
        .await
}
