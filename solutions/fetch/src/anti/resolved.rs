//! The code escaped, and then resolved against the base as a link is.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, Url};

use crate::given::*;

/// A segment of a path may hold these.
const ESCAPED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b':');

/// Fetches the product with this `code`.
pub async fn fetch_product(
    client: &Client,
    base: &Url,
    code: &str,
) -> Result<Product, FetchError> {
    let code = utf8_percent_encode(code, ESCAPED).to_string();
    let products = Url::parse(&format!("{base}/products/"));
    let url = products.and_then(|products| products.join(&code));
    let url = url.map_err(|_| FetchError::Address)?;
    let response = client.get(url).send().await?.error_for_status()?;
    Ok(response.json().await?)
}
