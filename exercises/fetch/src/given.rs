//! What the exercise gives you: types and functions that are ready to use.

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
    Status(u16),
    /// There was no answer, it broke off, or it is not a product.
    #[error("no product came back")]
    Request(#[source] reqwest::Error),
    /// The answer is not a product. Only needed if you decode it yourself.
    #[error("the answer is not a product")]
    Decode(#[from] serde_json::Error),
    /// `base` is not a web address. Only needed if you parse it yourself.
    #[error("the address of the service cannot be used")]
    Address,
}

/// Lets `?` turn an error of reqwest into ours.
impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        match error.status() {
            Some(status) => Self::Status(status.as_u16()),
            None => Self::Request(error),
        }
    }
}
