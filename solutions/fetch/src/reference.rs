//! # fetch, the reference
//!
//! Two awaits: one for the head of the answer, one for its body. Whatever goes
//! wrong on the way leaves through `?` as an error of ours.

use reqwest::{Client, Url};

use crate::given::*;

/// Fetches the product with this `code` from the service at `base`.
///
/// # If it is dropped
///
/// Dropping the returned future drops the request. The service may have
/// received it by then, which does no harm: a GET asks, and changes nothing.
pub async fn fetch_product(
    client: &Client,
    base: &Url,
    code: &str,
) -> Result<Product, FetchError> {
    let url = address_of(base, code)?;
    // `send` is ready when the head of the answer has arrived. To it, 404 is an
    // answer like any other, so the status needs a look of its own.
    let response = client.get(url).send().await?.error_for_status()?;
    // `json` reads the body to its end and decodes it into the type that this
    // function returns.
    Ok(response.json().await?)
}

/// `{base}/products/{code}`, with the code as one segment of the path.
fn address_of(base: &Url, code: &str) -> Result<Url, FetchError> {
    let mut url = base.clone();
    url.path_segments_mut()
        // Only addresses without a path, such as `mailto:`, have no segments.
        .map_err(|()| FetchError::Address)?
        // Escapes `/`, `\`, `?`, `#` and `%`, which mean something in a URL.
        // Tabs and line breaks it deletes: no printable code holds one.
        .extend(["products", code]);
    Ok(url)
}
