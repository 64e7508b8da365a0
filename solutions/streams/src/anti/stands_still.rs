//! Each lookup is a task, and nothing begins another while a batch is inserted.

use std::{num::NonZeroUsize, panic::resume_unwind};

use futures::{
    StreamExt, TryStreamExt,
    future::{BoxFuture, ready},
    stream::TryChunksError,
};
use tokio_util::task::AbortOnDropHandle;

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
        .map(|offer| look_up(prices.clone(), offer))
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

/// Looks up a price in a task, which is aborted when this future is dropped.
async fn look_up(
    prices: impl Prices,
    offer: Result<Offer, ImportError>,
) -> Result<Option<Row>, ImportError> {
    let task = tokio::spawn(async move { prices.look_up(offer?).await });
    let joined = AbortOnDropHandle::new(task).await;
    joined.unwrap_or_else(|error| resume_unwind(error.into_panic()))
}
