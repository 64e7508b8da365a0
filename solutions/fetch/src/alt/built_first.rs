//! The request built first, and its address completed in place.

use reqwest::{Client, Method, Request, Url};

use crate::given::*;

/// Fetches the product with this `code`.
pub async fn fetch_product(
    client: &Client,
    base: &Url,
    code: &str,
) -> Result<Product, FetchError> {
    let mut request = Request::new(Method::GET, base.clone());
    request
        .url_mut()
        .path_segments_mut()
        .map_err(|()| FetchError::Address)?
        .extend(["products", code]);
    let response = client.execute(request).await?.error_for_status()?;
    Ok(response.json().await?)
}
