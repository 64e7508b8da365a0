//! A body of more than 8 KiB refused.

use reqwest::{Client, Url};
use serde::de::Error;

use crate::given::*;

/// Fetches the product with this `code`.
pub async fn fetch_product(
    client: &Client,
    base: &Url,
    code: &str,
) -> Result<Product, FetchError> {
    let url = address_of(base, code)?;
    let response = client.get(url).send().await?.error_for_status()?;
    let body = response.bytes().await?;
    if body.len() > 8 * 1024 {
        return Err(FetchError::Decode(Error::custom("too long")));
    }
    Ok(serde_json::from_slice(&body)?)
}

/// `{base}/products/{code}`, the code as one segment.
fn address_of(base: &Url, code: &str) -> Result<Url, FetchError> {
    let mut url = base.clone();
    url.path_segments_mut()
        .map_err(|()| FetchError::Address)?
        .extend(["products", code]);
    Ok(url)
}
