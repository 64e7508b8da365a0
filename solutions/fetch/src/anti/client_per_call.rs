//! A client made for each call: nothing is shared, neither connections nor
//! settings.

use reqwest::{Client, Url};

use crate::given::*;

/// Fetches the product with this `code`.
pub async fn fetch_product(
    _client: &Client,
    base: &Url,
    code: &str,
) -> Result<Product, FetchError> {
    let url = address_of(base, code)?;
    // It brings a pool of connections of its own, empty at first and thrown
    // away after.
    let client = Client::new();
    let response = client.get(url).send().await?.error_for_status()?;
    Ok(response.json().await?)
}

/// `{base}/products/{code}`, the code as one segment.
fn address_of(base: &Url, code: &str) -> Result<Url, FetchError> {
    let mut url = base.clone();
    url.path_segments_mut()
        .map_err(|()| FetchError::Address)?
        .extend(["products", code]);
    Ok(url)
}
