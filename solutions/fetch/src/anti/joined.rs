//! The address joined as a browser resolves a link.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, Url};

use crate::given::*;

/// Fetches the product with this `code`.
pub async fn fetch_product(
    client: &Client,
    base: &Url,
    code: &str,
) -> Result<Product, FetchError> {
    let code = utf8_percent_encode(code, NON_ALPHANUMERIC);
    let url = base
        .join(&format!("products/{code}"))
        .map_err(|_| FetchError::Address)?;
    let response = client.get(url).send().await?.error_for_status()?;
    Ok(response.json().await?)
}
