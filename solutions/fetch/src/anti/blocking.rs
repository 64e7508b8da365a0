//! `block_on`, as in a program that is not asynchronous.

use reqwest::{Client, Url};
use tokio::runtime::Handle;

use crate::given::*;

/// Fetches the product with this `code`.
pub async fn fetch_product(
    client: &Client,
    base: &Url,
    code: &str,
) -> Result<Product, FetchError> {
    let url = address_of(base, code)?;
    let runtime = Handle::current();
    let response = runtime.block_on(client.get(url).send())?;
    let response = response.error_for_status()?;
    Ok(runtime.block_on(response.json())?)
}

/// `{base}/products/{code}`, the code as one segment.
fn address_of(base: &Url, code: &str) -> Result<Url, FetchError> {
    let mut url = base.clone();
    url.path_segments_mut()
        .map_err(|()| FetchError::Address)?
        .extend(["products", code]);
    Ok(url)
}
