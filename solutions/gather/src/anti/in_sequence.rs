//! Awaiting in a loop: each request is sent when the one before has been
//! answered.

use reqwest::Client;

use crate::given::*;

/// Fetches every user in `ids`.
pub async fn fetch_users(
    client: &Client,
    base: &str,
    ids: &[u64],
) -> Vec<Result<User, FetchError>> {
    let mut users = Vec::with_capacity(ids.len());
    for &id in ids {
        users.push(fetch_user(client, base, id).await);
    }
    users
}
