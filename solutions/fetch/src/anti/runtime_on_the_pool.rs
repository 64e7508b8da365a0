//! A runtime of its own for each call, on a thread that may block.

use reqwest::{Client, Url};
use tokio::{runtime::Builder, task::spawn_blocking};

use crate::given::*;

/// Fetches the product with this `code`.
///
/// # Panics
///
/// When the system has no resources left for a runtime.
pub async fn fetch_product(
    client: &Client,
    base: &Url,
    code: &str,
) -> Result<Product, FetchError> {
    let url = address_of(base, code)?;
    let client = client.clone();
    let fetched = spawn_blocking(move || {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("the system has resources left");
        runtime.block_on(async {
            let response = client.get(url).send().await?.error_for_status()?;
            Ok(response.json().await?)
        })
    });
    fetched.await.expect("it does not panic")
}

/// `{base}/products/{code}`, the code as one segment.
fn address_of(base: &Url, code: &str) -> Result<Url, FetchError> {
    let mut url = base.clone();
    url.path_segments_mut()
        .map_err(|()| FetchError::Address)?
        .extend(["products", code]);
    Ok(url)
}
