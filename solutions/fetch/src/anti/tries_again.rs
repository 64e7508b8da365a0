//! A second try when no answer came, or when it broke off.

use reqwest::{Client, Url};

use crate::given::*;

/// Fetches the product with this `code`.
pub async fn fetch_product(
    client: &Client,
    base: &Url,
    code: &str,
) -> Result<Product, FetchError> {
    let url = address_of(base, code)?;
    let response = match client.get(url.clone()).send().await {
        Ok(response) => response,
        Err(_) => client.get(url).send().await?,
    };
    Ok(response.error_for_status()?.json().await?)
}

/// `{base}/products/{code}`, the code as one segment.
fn address_of(base: &Url, code: &str) -> Result<Url, FetchError> {
    let mut url = base.clone();
    url.path_segments_mut()
        .map_err(|()| FetchError::Address)?
        .extend(["products", code]);
    Ok(url)
}
