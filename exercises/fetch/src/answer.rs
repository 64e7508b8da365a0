//! # fetch: one HTTP request, without blocking the thread
//!
//! Fetch the product with this `code`: `GET {base}/products/{code}`.
//!
//! - Return the product that the service sends.
//! - The service receives the code unchanged, as one segment of the path:
//!   `a/b`, `50%`, `ä ö`.
//! - A status of 400 to 599 is `FetchError::Status`, whatever the body is. One
//!   of 200 to 299 brings the product.
//! - An answer that is not a product is an `Err`, never a panic.
//! - No answer, or one that breaks off, is an `Err` too.
//! - Send one request per call, whatever comes back.
//! - Other tasks on the thread go on meanwhile, and so do other calls.
//! - Send it through `client`, on the runtime that you are called on.
//!
//! You may use `reqwest`, `serde_json` and `percent-encoding`.
//!
//! Run `cargo test -p fetch`. The page: book/src/fetch.md

use reqwest::{Client, Url};

use crate::given::*;

/// Fetches the product with this `code` from the service at `base`.
///
/// The code is printable, and never empty, `.` or `..`. The base has a path, and
/// no slash at its end: `http://127.0.0.1:8080/v1`.
pub async fn fetch_product(
    client: &Client,
    base: &Url,
    code: &str,
) -> Result<Product, FetchError> {
    todo!("fetch product {code} from {base} through {client:?}")
}
