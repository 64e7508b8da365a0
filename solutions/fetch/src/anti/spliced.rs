//! The code spliced into the address as it stands.

use reqwest::{Client, Url};

use crate::given::*;

/// Fetches the product with this `code`.
pub async fn fetch_product(
    client: &Client,
    base: &Url,
    code: &str,
) -> Result<Product, FetchError> {
    let url = format!("{base}/products/{code}");
    let response = client.get(url).send().await?.error_for_status()?;
    Ok(response.json().await?)
}
