//! # gather: many requests at once
//!
//! Fetch a list of users and return one result for each place in `ids`, in that
//! order; an id may stand there twice. Have ten requests in flight before you
//! wait for an answer (all of them when there are fewer). A failure stays in
//! its place as an `Err`; it neither hides nor stops the others. Ask no more
//! than once for each place, and through `client`. Write the body of
//! `fetch_users`; all else is ready to use, and `reqwest`, `tokio` and
//! `futures` are there. Then run:
//!
//! ```sh
//! cargo test -p gather
//! ```
//!
//! The page: book/src/gather.md

use reqwest::Client;

use crate::given::*;

/// Fetches every user in `ids` from the service at `base`, ten or more at a
/// time: one result for each id, in the order of `ids`.
pub async fn fetch_users(
    client: &Client,
    base: &str,
    ids: &[u64],
) -> Vec<Result<User, FetchError>> {
    todo!("fetch {} users from {base} through {client:?}", ids.len())
}
