//! What the exercise gives you: types and functions that are ready to use.

use reqwest::Client;
use serde::Deserialize;

/// The path of the first page.
pub const FIRST: &str = "/reviews";

/// What a customer wrote about a product.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Review {
    pub id: u64,
    pub text: String,
}

/// Some of the reviews, and where the others are.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Page {
    /// Few or many, or none at all.
    pub reviews: Vec<Review>,
    /// The path of the next page, as `fetch_page` takes it; `None` if this page
    /// is the last.
    pub next: Option<String>,
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The service answered with a status that is not a success.
    #[error("the service answered {0}")]
    Status(u16),
    /// The answer was a success, but not a page.
    #[error("the answer is not a page of reviews")]
    Decode(#[source] serde_json::Error),
    /// There was no answer, or it broke off.
    #[error("the request failed")]
    Transport(#[source] reqwest::Error),
}

/// Requests one page. Calling it sends nothing: it makes a future.
pub async fn fetch_page(
    client: &Client,
    base: &str,
    path: &str,
) -> Result<Page, FetchError> {
    let url = format!("{base}{path}");
    let response =
        client.get(url).send().await.map_err(FetchError::Transport)?;
    let status = response.status();
    if !status.is_success() {
        return Err(FetchError::Status(status.as_u16()));
    }
    let body = response.bytes().await.map_err(FetchError::Transport)?;
    serde_json::from_slice(&body).map_err(FetchError::Decode)
}
