//! The code escaped by hand: the characters that somebody thought of.

use reqwest::{Client, Url};

use crate::given::*;

/// Fetches the product with this `code`.
pub async fn fetch_product(
    client: &Client,
    base: &Url,
    code: &str,
) -> Result<Product, FetchError> {
    let code = code.replace('%', "%25").replace('/', "%2F").replace(' ', "+");
    let url = format!("{base}/products/{code}");
    let response = client.get(url).send().await?.error_for_status()?;
    Ok(response.json().await?)
}
