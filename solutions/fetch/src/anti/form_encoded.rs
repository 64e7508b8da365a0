//! The code escaped as in a form, where `+` is a space.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, Url};

use crate::given::*;

/// Fetches the product with this `code`.
pub async fn fetch_product(
    client: &Client,
    base: &Url,
    code: &str,
) -> Result<Product, FetchError> {
    let code = utf8_percent_encode(code, NON_ALPHANUMERIC).to_string();
    let code = code.replace("%20", "+");
    let url = format!("{base}/products/{code}");
    let response = client.get(url).send().await?.error_for_status()?;
    Ok(response.json().await?)
}
