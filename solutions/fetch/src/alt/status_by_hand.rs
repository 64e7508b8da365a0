//! The status matched by hand, and the code escaped inside `format!`.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, Url};

use crate::given::*;

/// Fetches the product with this `code`.
pub async fn fetch_product(
    client: &Client,
    base: &Url,
    code: &str,
) -> Result<Product, FetchError> {
    // `NON_ALPHANUMERIC` escapes more than a path needs, and never too little.
    let code = utf8_percent_encode(code, NON_ALPHANUMERIC);
    let url = format!("{base}/products/{code}");
    let response = client.get(url).send().await?;
    let status = response.status();
    match status.as_u16() {
        400.. => Err(FetchError::Status(status)),
        _ => Ok(response.json().await?),
    }
}
