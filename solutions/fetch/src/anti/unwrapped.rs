//! `unwrap` and `expect` on what comes from outside.

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
    let response = client.get(url).send().await.expect("the service is up");
    let response = response.error_for_status()?;
    // A service that answers 200 answers with a product: so says its
    // documentation.
    Ok(response.json().await.unwrap())
}

/// `{base}/products/{code}`, the code as one segment.
fn address_of(base: &Url, code: &str) -> Result<Url, FetchError> {
    let mut url = base.clone();
    url.path_segments_mut()
        .map_err(|()| FetchError::Address)?
        .extend(["products", code]);
    Ok(url)
}
