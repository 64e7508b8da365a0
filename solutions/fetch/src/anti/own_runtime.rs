//! A thread with a runtime of its own, on which `block_on` does not panic.

use std::{panic::resume_unwind, thread};

use reqwest::{Client, Url};
use tokio::runtime::Runtime;

use crate::given::*;

/// Fetches the product with this `code`.
///
/// # Panics
///
/// When the system has no thread left.
pub async fn fetch_product(
    client: &Client,
    base: &Url,
    code: &str,
) -> Result<Product, FetchError> {
    let url = address_of(base, code)?;
    let fetched = thread::scope(|threads| {
        let on_thread = threads.spawn(|| {
            let runtime = Runtime::new().expect("the system has threads left");
            runtime.block_on(fetched(client, url))
        });
        // The thread is another one, but this one waits for it.
        on_thread.join()
    });
    fetched.unwrap_or_else(|panic| resume_unwind(panic))
}

async fn fetched(client: &Client, url: Url) -> Result<Product, FetchError> {
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
