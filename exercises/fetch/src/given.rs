//! What the exercise gives you: types and functions that are ready to use.

use reqwest::StatusCode;
use serde::Deserialize;

/// A product as the service describes one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Product {
    pub code: String,
    pub name: String,
    pub cents: u32,
}

/// Why there is no product to return.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The service answered with an error: a status of 400 to 599.
    #[error("the service answered {0}")]
    Status(StatusCode),
    /// There was no answer, it broke off, or it is not a product.
    #[error("no product came back")]
    Request(#[source] reqwest::Error),
    /// The answer is not a product. Only needed if you decode it yourself.
    #[error("the answer is not a product")]
    Decode(#[from] serde_json::Error),
    /// The base has no path that could be added to: `mailto:` has none. Only
    /// needed where you have to say what happens then.
    #[error("the address of the service cannot be used")]
    Address,
}

/// Lets `?` turn an error of reqwest into ours.
impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        match error.status() {
            Some(status) => Self::Status(status),
            None => Self::Request(error),
        }
    }
}
