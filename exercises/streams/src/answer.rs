//! # streams: a long stream, and a slow consumer
//!
//! Look up the price of every offer, and insert the rows into a table.
//!
//! - Insert the rows in the order of the offers, `batch` at a time; the last
//!   batch may be smaller. An offer without a price has no row.
//! - Have `LOOKUPS` lookups in flight while offers are there, and never more.
//!   The next one begins when the oldest is done, or earlier.
//! - A slow insert never holds up a lookup that has begun.
//! - While a batch is being inserted, look up the whole of the next one.
//! - The stream may be longer than your memory: hold at most ten batches of it,
//!   from taking an offer to inserting its row.
//! - The first error in the order of the offers ends the call: insert the rows
//!   before it, none after it, and return it. A panic is passed on.
//! - When `stop` is ready, take no more offers, and insert those you took.
//! - Calls do not affect each other, and leave nothing running.
//!
//! Run `cargo test -p streams`. The page: book/src/streams.md

use std::num::NonZeroUsize;

use futures::future::BoxFuture;

use crate::given::*;

/// Looks up the prices of `offers`, four at a time, and inserts their rows into
/// `table`, until the offers end or `stop` is ready.
pub async fn import(
    offers: Offers,
    stop: BoxFuture<'static, ()>,
    prices: impl Prices,
    table: impl Table,
    batch: NonZeroUsize,
) -> Result<(), ImportError> {
    let _ = (offers, stop, prices, table); // until they are used: delete this
    todo!("insert the rows, {batch} at a time")
}
