//! After a 5xx, the service is left alone for ten seconds.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use reqwest::{Client, StatusCode, Url};

use crate::given::*;

static LAST: Mutex<Option<(Url, StatusCode, Instant)>> = Mutex::new(None);

/// Fetches the product with this `code`.
pub async fn fetch_product(
    client: &Client,
    base: &Url,
    code: &str,
) -> Result<Product, FetchError> {
    let last = || LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((of, status, at)) = &*last()
        && of == base
        && at.elapsed() < Duration::from_secs(10)
    {
        return Err(FetchError::Status(*status));
    }
    let response = client.get(address_of(base, code)?).send().await?;
    let status = response.status();
    if status.is_server_error() {
        *last() = Some((base.clone(), status, Instant::now()));
    }
    Ok(response.error_for_status()?.json().await?)
}

/// `{base}/products/{code}`, the code as one segment.
fn address_of(base: &Url, code: &str) -> Result<Url, FetchError> {
    let mut url = base.clone();
    url.path_segments_mut()
        .map_err(|()| FetchError::Address)?
        .extend(["products", code]);
    Ok(url)
}
