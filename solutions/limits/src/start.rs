//! # limits: at most so many at once, and really so many
//!
//! Fetch the documents of `ids` through one client. Have at most `limit`
//! requests in flight, and `limit` as long as enough ids are left and `each`
//! keeps up: the moment one is over, good or bad, the next is sent. Read their
//! bodies side by side, not one after another. Hand each result to `each`, with
//! its id, as soon as it is there, in no certain order. An id that comes twice
//! is asked for twice and handed over twice. Call `each` straight from async
//! code: no thread has to be made for it. It may block for a moment, on a
//! runtime with several threads only. Between being taken from `ids` and being
//! handed over, hold at most ten times `limit` of them. Return when all are
//! handed over. Write the body of `fetch_all`; all else is ready to use, and
//! `tokio` and `futures` are there. Then run:
//!
//! ```sh
//! cargo test -p limits
//! ```
//!
//! The page: book/src/limits.md

use crate::given::*;

/// Fetches the documents of `ids`, at most `limit` at a time (at least 1), and
/// hands each result to `each` with its id.
pub async fn fetch_all<S: Service>(
    service: &S,
    limit: usize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let _ = (service, &ids, &each); // until they are used: delete this line
    todo!("fetch the documents, {limit} at a time")
}
