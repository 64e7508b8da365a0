//! A panic where an error belongs: one bad answer takes every other down with
//! it.

use futures::future::join_all;
use reqwest::Client;

use crate::given::*;

/// Fetches every user in `ids` at once.
pub async fn fetch_users(
    client: &Client,
    base: &str,
    ids: &[u64],
) -> Vec<Result<User, FetchError>> {
    let requests = ids.iter().map(|&id| fetch_one(client, base, id));
    join_all(requests).await
}

/// Fetches one user.
async fn fetch_one(
    client: &Client,
    base: &str,
    id: u64,
) -> Result<User, FetchError> {
    let url = format!("{base}/users/{id}");
    let response =
        client.get(url).send().await.map_err(FetchError::Transport)?;
    let status = response.status();
    if !status.is_success() {
        return Err(FetchError::Status(status.as_u16()));
    }
    let body = response.bytes().await.map_err(FetchError::Transport)?;
    // A service that answers 200 answers with a user: so says its
    // documentation.
    Ok(serde_json::from_slice(&body).unwrap())
}
