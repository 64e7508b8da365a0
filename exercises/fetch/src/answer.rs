//! # fetch: one HTTP request, without blocking the thread
//!
//! Fetch the product with this `code`: `GET {base}/products/{code}`.
//!
//! - Return the product that the service sends.
//! - The code arrives as it is, as one segment of the path: `a/b`, `50%`, `ä ö`.
//! - A status of 400 to 599 is `FetchError::Status`, whatever the body is. One
//!   of 200 to 299 brings the product.
//! - An answer that is not a product is an `Err`, never a panic. So is a 3xx
//!   that reaches you: the client has followed what it can.
//! - No answer, or one that breaks off, is an `Err` too.
//! - Send one request at each call, whatever comes back.
//! - Other tasks of the thread go on meanwhile, other calls among them.
//! - Send it through `client`, on the runtime that is there.
//!
//! `reqwest`, `serde_json` and `percent-encoding` are there to be used.
//!
//! Run `cargo test -p fetch`. The page: book/src/fetch.md

use reqwest::{Client, Url};

use crate::given::*;

/// Fetches the product with this `code`, which is printable and never empty,
/// `.` or `..`, from the service at `base`: `http://127.0.0.1:8080/v1`, for
/// one, without a slash at its end.
pub async fn fetch_product(
    client: &Client,
    base: &Url,
    code: &str,
) -> Result<Product, FetchError> {
    todo!("fetch product {code} from {base} through {client:?}")
}
