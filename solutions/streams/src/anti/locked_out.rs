//! The body of the loop waits for a lock that a buffered future holds: a deadlock.

use std::num::NonZeroUsize;

use futures::{
    StreamExt, TryStreamExt,
    future::{BoxFuture, ready},
    stream::TryChunksError,
};
use tokio::sync::Mutex;

use crate::given::*;

/// A whole batch, or the rows before an error, and the error.
type Batch = Result<Vec<Row>, TryChunksError<Row, ImportError>>;

pub async fn import(
    offers: Offers,
    stop: BoxFuture<'static, ()>,
    prices: impl Prices,
    mut table: impl Table,
    batch: NonZeroUsize,
) -> Result<(), ImportError> {
    let turn = Mutex::new(());
    let mut batches = offers
        .take_until(stop)
        .map(|offer| async {
            let _turn = turn.lock().await;
            prices.look_up(offer?).await
        })
        .buffered(LOOKUPS)
        .try_filter_map(|row| ready(Ok(row)))
        .try_chunks(batch.get());
    while let Some(batch) = batches.next().await {
        let (rows, end) = split(batch);
        let _mine = turn.lock().await;
        table.insert(rows).await?;
        end?;
    }
    Ok(())
}

/// The rows of a batch, and how the stream goes on after them.
fn split(batch: Batch) -> (Vec<Row>, Result<(), ImportError>) {
    match batch {
        Ok(rows) => (rows, Ok(())),
        Err(TryChunksError(rows, error)) => (rows, Err(error)),
    }
}
