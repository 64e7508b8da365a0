//! A lock held across the awaits: one request of the program at a time.

use reqwest::{Client, Url};
use tokio::sync::Mutex;

use crate::given::*;

static ASKING: Mutex<()> = Mutex::const_new(());

/// Fetches the product with this `code`.
pub async fn fetch_product(
    client: &Client,
    base: &Url,
    code: &str,
) -> Result<Product, FetchError> {
    let url = address_of(base, code)?;
    // So that the service is not asked too much.
    let _one_at_a_time = ASKING.lock().await;
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
