//! The answer read without a type, and its gaps filled with defaults.

use reqwest::{Client, Url};
use serde_json::Value;

use crate::given::*;

/// Fetches the product with this `code`.
pub async fn fetch_product(
    client: &Client,
    base: &Url,
    code: &str,
) -> Result<Product, FetchError> {
    let url = address_of(base, code)?;
    let response = client.get(url).send().await?.error_for_status()?;
    let answer: Value = response.json().await?;
    Ok(Product {
        code: answer["code"].as_str().unwrap_or(code).to_owned(),
        name: answer["name"].as_str().unwrap_or_default().to_owned(),
        cents: answer["cents"]
            .as_u64()
            .and_then(|cents| u32::try_from(cents).ok())
            .unwrap_or_default(),
    })
}

/// `{base}/products/{code}`, the code as one segment.
fn address_of(base: &Url, code: &str) -> Result<Url, FetchError> {
    let mut url = base.clone();
    url.path_segments_mut()
        .map_err(|()| FetchError::Address)?
        .extend(["products", code]);
    Ok(url)
}
