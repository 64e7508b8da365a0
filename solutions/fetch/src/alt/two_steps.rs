//! The body read and decoded in two steps, so that an answer that breaks off
//! and one that is not a product are two errors.

use reqwest::{Client, Url};
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

/// Fetches the product with this `code`.
pub async fn fetch_product(
    client: &Client,
    base: &str,
    code: &str,
) -> Result<Product, FetchError> {
    let url = address_of(base, code)?;
    let response = client.get(url).send().await?.error_for_status()?;
    let body = response.bytes().await?;
    Ok(serde_json::from_slice(&body)?)
}

/// `{base}/products/{code}`, the code as one segment.
fn address_of(base: &str, code: &str) -> Result<Url, FetchError> {
    let mut url = Url::parse(base).map_err(|_| FetchError::Address)?;
    url.path_segments_mut()
        .map_err(|()| FetchError::Address)?
        .pop_if_empty()
        .extend(["products", code]);
    Ok(url)
}
