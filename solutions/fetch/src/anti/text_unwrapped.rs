//! The body taken for text, which only the service could promise.

use reqwest::{Client, Url};

use crate::given::*;

/// Fetches the product with this `code`.
#[expect(
    clippy::missing_panics_doc,
    reason = "clippy sees that this may panic; nobody planned for it"
)]
pub async fn fetch_product(
    client: &Client,
    base: &Url,
    code: &str,
) -> Result<Product, FetchError> {
    let url = address_of(base, code)?;
    let response = client.get(url).send().await?.error_for_status()?;
    let body = response.bytes().await?.to_vec();
    // JSON is UTF-8, by its standard.
    let text = String::from_utf8(body).unwrap();
    Ok(serde_json::from_str(&text)?)
}

/// `{base}/products/{code}`, the code as one segment.
fn address_of(base: &Url, code: &str) -> Result<Url, FetchError> {
    let mut url = base.clone();
    url.path_segments_mut()
        .map_err(|()| FetchError::Address)?
        .extend(["products", code]);
    Ok(url)
}
