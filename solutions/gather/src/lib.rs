//! # gather, the reference
//!
//! One future for each id, all of them driven by one task. [`join_all`] polls
//! them together and hands their outputs back in the order in which the futures
//! were given, whatever the order in which the answers arrive. Nothing is
//! spawned, so nothing has to be `'static` or cloned.

use futures::future::join_all;
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

/// Fetches every user in `ids` from the service at `base`, all at once: one
/// result for each id, in the order of `ids`.
///
/// # Cancel safety
///
/// Dropping the returned future drops every request that is still in flight.
/// Answers that had already arrived are lost with it; to keep them, collect
/// them outside the future.
pub async fn fetch_users(
    client: &Client,
    base: &str,
    ids: &[u64],
) -> Vec<Result<User, FetchError>> {
    // `map` only makes the futures: none has run until `join_all` polls it. The
    // shared client comes in by reference, so that every request draws on one
    // pool of connections.
    let requests = ids.iter().map(|&id| fetch_user(client, base, id));

    // `join_all`, not `try_join_all`: each outcome is wanted, so an error is a
    // value like any other.
    join_all(requests).await
}

/// Fetches one user.
pub async fn fetch_user(
    client: &Client,
    base: &str,
    id: u64,
) -> Result<User, FetchError> {
    let url = format!("{base}/users/{id}");
    let response = client
        .get(url)
        .send()
        .await
        .map_err(FetchError::Transport)?;
    let status = response.status();
    if !status.is_success() {
        return Err(FetchError::Status(status.as_u16()));
    }
    // In two steps: an answer that breaks off is not the same as a wrong one,
    // and `response.json()` reports both as errors of decoding.
    let body = response.bytes().await.map_err(FetchError::Transport)?;
    serde_json::from_slice(&body).map_err(FetchError::Decode)
}
