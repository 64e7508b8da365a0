//! # limits: at most N at once, and no fewer
//!
//! Fetch the document of every id in `ids`.
//!
//! - Hand every result to `each` with its id, failures included. An id that
//!   occurs twice is fetched and handed over twice.
//! - Keep `limit` requests in flight while ids are left, and never more.
//! - A request is in flight until its body has been read.
//! - The moment one ends, well or badly, send the next.
//! - Call `each` as soon as a result is there, in any order.
//! - `ids` may be longer than your memory: hold at most ten times `limit` ids,
//!   each from taking it to handing its result over.
//! - Return when every result has been handed over.
//! - Calls do not affect each other. One that is dropped sends nothing more.
//!
//! Run `cargo test -p limits`. The page: book/src/limits.md

use std::num::NonZeroUsize;

use crate::given::*;

/// Fetches the documents of `ids`, at most `limit` at a time, and hands each
/// result to `each` with its id. `each` may take a moment: it stores them.
pub async fn fetch_all(
    client: impl Client,
    limit: NonZeroUsize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let _ = (client, ids, each); // until they are used: delete this line
    todo!("fetch the documents, {limit} at a time")
}
