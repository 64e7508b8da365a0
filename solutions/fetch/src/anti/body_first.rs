//! The body read before anybody looks at the status.

use reqwest::{Client, Url};

use crate::given::*;

/// Fetches the product with this `code`.
pub async fn fetch_product(
    client: &Client,
    base: &Url,
    code: &str,
) -> Result<Product, FetchError> {
    let url = address_of(base, code)?;
    let response = client.get(url).send().await?;
    let status = response.status();
    let body = response.bytes().await?;
    if status.is_client_error() || status.is_server_error() {
        return Err(FetchError::Status(status));
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
