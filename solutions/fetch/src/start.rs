//! # fetch: one request, one typed answer
//!
//! Fetch a product with `GET {base}/products/{code}`, through `client`, so that
//! its open connections are used again. Call `send` once, whatever comes back.
//! The code, any printable text (`a/b?c`, `50%`, `ä ö`, also with spaces at its
//! ends), arrives as it is, as one segment of the path. A status of 200 to 299
//! brings the product; one of 400 to 599 is `FetchError::Status`, whatever the
//! body. All other failures (no answer, one that breaks off, one that is not a
//! product) are an `Err` too, never a panic. Other tasks of the thread go on
//! meanwhile, other fetches among them. Write the body of `fetch_product`; all
//! else is ready to use, and `reqwest`, `serde_json` and `percent-encoding` are
//! there. Then run:
//!
//! ```sh
//! cargo test -p fetch
//! ```
//!
//! The page: book/src/fetch.md

use reqwest::Client;

use crate::given::*;

/// Fetches the product with this `code` from the service at `base`, which is an
/// address such as `http://127.0.0.1:8080/v1`, without a slash at its end. The
/// code is never empty, `.` or `..`.
pub async fn fetch_product(
    client: &Client,
    base: &str,
    code: &str,
) -> Result<Product, FetchError> {
    todo!("fetch product {code} from {base} through {client:?}")
}
