//! A status that nobody has thought of is a panic.

use reqwest::{Client, Url};

use crate::given::*;

/// Fetches the product with this `code`.
pub async fn fetch_product(
    client: &Client,
    base: &Url,
    code: &str,
) -> Result<Product, FetchError> {
    let url = address_of(base, code)?;
    let response = client.get(url).send().await?;
    let status = response.status();
    match status.as_u16() {
        200..=299 => Ok(response.json().await?),
        400..=599 => Err(FetchError::Status(status)),
        _ => unreachable!("the client follows redirects"),
    }
}

/// `{base}/products/{code}`, the code as one segment.
fn address_of(base: &Url, code: &str) -> Result<Url, FetchError> {
    let mut url = base.clone();
    url.path_segments_mut()
        .map_err(|()| FetchError::Address)?
        .extend(["products", code]);
    Ok(url)
}
