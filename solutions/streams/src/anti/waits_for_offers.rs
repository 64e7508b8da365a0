//! `join!`: the first stage waits for another offer, and the second has failed.

use std::{num::NonZeroUsize, panic::resume_unwind};

use futures::{
    StreamExt, TryStreamExt,
    future::{BoxFuture, ready},
    stream::TryChunksError,
};
use tokio::{join, sync::mpsc};
use tokio_util::task::AbortOnDropHandle;

use crate::given::*;

/// A whole batch, or the rows before an error, and the error.
type Batch = Result<Vec<Row>, TryChunksError<Row, ImportError>>;

/// Looks up the prices of `offers`, and inserts their rows into `table`.
pub async fn import(
    offers: Offers,
    stop: BoxFuture<'static, ()>,
    prices: impl Prices,
    table: impl Table,
    batch: NonZeroUsize,
) -> Result<(), ImportError> {
    let offers = offers.take_until(stop).boxed();
    let (sender, batches) = mpsc::channel(1);
    let ((), inserted) = join!(
        look_up_all(offers, prices, batch, sender),
        insert_all(batches, table),
    );
    inserted
}

/// Looks up prices, and sends the rows on in batches.
async fn look_up_all(
    offers: Offers,
    prices: impl Prices,
    batch: NonZeroUsize,
    sender: mpsc::Sender<Batch>,
) {
    let mut batches = offers
        .map(|offer| look_up(prices.clone(), offer))
        .buffered(LOOKUPS)
        .try_filter_map(|row| ready(Ok(row)))
        .try_chunks(batch.get());
    while let Some(batch) = batches.next().await {
        if sender.send(batch).await.is_err() {
            break;
        }
    }
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

/// Inserts one batch after another, up to the first error.
async fn insert_all(
    mut batches: mpsc::Receiver<Batch>,
    mut table: impl Table,
) -> Result<(), ImportError> {
    while let Some(batch) = batches.recv().await {
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
