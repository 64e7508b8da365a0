//! A second request when the first is slow: the sooner answer counts.

use std::time::Duration;

use reqwest::{Client, Url};
use tokio::time::sleep;

use crate::given::*;

/// Fetches the product with this `code`.
pub async fn fetch_product(
    client: &Client,
    base: &Url,
    code: &str,
) -> Result<Product, FetchError> {
    let url = address_of(base, code)?;
    let second = async {
        sleep(Duration::from_millis(500)).await;
        product_at(client, url.clone()).await
    };
    tokio::select! {
        product = product_at(client, url.clone()) => product,
        product = second => product,
    }
}

async fn product_at(client: &Client, url: Url) -> Result<Product, FetchError> {
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
