//! What the exercise gives you: types and functions that are ready to use.

use reqwest::Client;
use serde::Deserialize;

/// A user as the service describes one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct User {
    pub id: u64,
    pub name: String,
}

/// Why there is no user to return.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The service answered with a status that is not a success.
    #[error("the service answered {0}")]
    Status(u16),
    /// The answer was a success, but not a user.
    #[error("the answer is not a user")]
    Decode(#[source] serde_json::Error),
    /// There was no answer, or it broke off.
    #[error("the request failed")]
    Transport(#[source] reqwest::Error),
    /// The task that fetched the user panicked or was cancelled. Only needed if
    /// you spawn tasks.
    #[error("the task ended without an answer")]
    Task(#[from] tokio::task::JoinError),
}

/// Fetches one user. Calling it sends nothing: it makes a future.
pub async fn fetch_user(
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
    // In two steps: an answer that breaks off is not the same as a wrong one,
    // and `response.json()` reports both as errors of decoding.
    let body = response.bytes().await.map_err(FetchError::Transport)?;
    serde_json::from_slice(&body).map_err(FetchError::Decode)
}
