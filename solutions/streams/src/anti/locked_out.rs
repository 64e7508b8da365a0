//! The body of the loop waits for a lock that a buffered future holds: a deadlock.

use std::num::NonZeroUsize;

use futures::{
    StreamExt, TryStreamExt,
    future::{BoxFuture, ready},
    stream::TryChunksError,
};
use tokio::sync::Mutex;

use crate::given::*;

/// Looks up the prices of `offers`, four at a time, and inserts their rows into
/// `table`.
pub async fn import(
    offers: Offers,
    stop: BoxFuture<'static, ()>,
    prices: impl Prices,
    mut table: impl Table,
    batch: NonZeroUsize,
) -> Result<(), ImportError> {
    let (prices, turn) = (&prices, &Mutex::new(()));
    let mut batches = offers
        .take_until(stop)
        .map(|offer| async move {
            let _turn = turn.lock().await;
            prices.look_up(offer?).await
        })
        .buffered(LOOKUPS)
        .try_filter_map(|row| ready(Ok(row)))
        .try_chunks(batch.get());
    while let Some(batch) = batches.next().await {
        let _mine = turn.lock().await;
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
