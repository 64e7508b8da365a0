//! The request built first, with its address completed in place: `base` is
//! parsed once, by reqwest, whose error says what is wrong with it.

use reqwest::Client;

use crate::given::*;

/// Fetches the product with this `code`.
pub async fn fetch_product(
    client: &Client,
    base: &str,
    code: &str,
) -> Result<Product, FetchError> {
    let mut request = client.get(base).build()?;
    request
        .url_mut()
        .path_segments_mut()
        .map_err(|()| FetchError::Address)?
        .extend(["products", code]);
    let response = client.execute(request).await?.error_for_status()?;
    Ok(response.json().await?)
}
