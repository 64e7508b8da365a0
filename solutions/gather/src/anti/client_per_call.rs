//! A client for each request: nothing is shared, neither connections nor
//! settings.

use futures::future::join_all;
use reqwest::Client;

use crate::given::*;

/// Fetches every user in `ids` at once.
pub async fn fetch_users(
    _client: &Client,
    base: &str,
    ids: &[u64],
) -> Vec<Result<User, FetchError>> {
    let requests = ids.iter().map(|&id| fetch_one(base, id));
    join_all(requests).await
}

/// Fetches one user.
async fn fetch_one(base: &str, id: u64) -> Result<User, FetchError> {
    // Each client brings a pool of connections of its own, empty at first and
    // thrown away after.
    let client = Client::new();
    let url = format!("{base}/users/{id}");
    let response =
        client.get(url).send().await.map_err(FetchError::Transport)?;
    let status = response.status();
    if !status.is_success() {
        return Err(FetchError::Status(status.as_u16()));
    }
    let body = response.bytes().await.map_err(FetchError::Transport)?;
    serde_json::from_slice(&body).map_err(FetchError::Decode)
}
