//! # gather, the reference
//!
//! One future for each id, all of them driven by one task. [`join_all`] polls
//! them together and hands their outputs back in the order in which the futures
//! were given, whatever the order in which the answers arrive. Nothing is
//! spawned, so nothing has to be `'static` or cloned.

use futures::future::join_all;
use reqwest::Client;

use crate::given::*;

/// Fetches every user in `ids` from the service at `base`, all at once: one
/// result for each id, in the order of `ids`.
///
/// # If it is dropped
///
/// Every request that is still in flight is dropped with it, and the answers
/// that had arrived are lost.
pub async fn fetch_users(
    client: &Client,
    base: &str,
    ids: &[u64],
) -> Vec<Result<User, FetchError>> {
    // `map` only makes the futures: none has run until `join_all` polls it. The
    // shared client comes in by reference, so that every request draws on one
    // pool of connections.
    let requests = ids.iter().map(|&id| fetch_user(client, base, id));

    // `join_all`, not `try_join_all`: each outcome is wanted, so an error is a
    // value like any other.
    join_all(requests).await
}
