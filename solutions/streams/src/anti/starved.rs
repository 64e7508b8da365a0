//! `buffered` in front of a slow consumer: while it inserts, nothing polls the
//! lookups.

use std::num::NonZeroUsize;

use futures::{
    StreamExt, TryStreamExt,
    future::{BoxFuture, ready},
    stream::TryChunksError,
};

use crate::given::*;

/// Looks up the prices of `offers`, and inserts their rows into `table`.
pub async fn import(
    offers: Offers,
    stop: BoxFuture<'static, ()>,
    prices: impl Prices,
    mut table: impl Table,
    batch: NonZeroUsize,
) -> Result<(), ImportError> {
    let mut batches = offers
        .take_until(stop)
        .map(|offer| async { prices.look_up(offer?).await })
        .buffered(LOOKUPS)
        .try_filter_map(|row| ready(Ok(row)))
        .try_chunks(batch.get());
    while let Some(batch) = batches.next().await {
        match batch {
            Ok(rows) => table.insert(rows).await?,
            Err(TryChunksError(rows, error)) => {
                table.insert(rows).await?;
                return Err(error);
            }
        }
    }
    Ok(())
}
