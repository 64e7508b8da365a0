//! `ok`, and the errors are gone.

use std::{num::NonZeroUsize, panic::resume_unwind};

use futures::{
    StreamExt,
    future::{BoxFuture, ready},
};
use tokio::{sync::mpsc, try_join};
use tokio_util::task::AbortOnDropHandle;

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
    let (sender, batches) = mpsc::channel(1);
    let look_up = async move {
        let mut rows = offers
            .take_until(stop)
            .map(|offer| look_up(prices.clone(), offer))
            .buffered(LOOKUPS)
            .filter_map(|row| ready(row.ok().flatten()))
            .chunks(batch.get());
        while let Some(batch) = rows.next().await {
            if sender.send(batch).await.is_err() {
                break;
            }
        }
        Ok(())
    };
    try_join!(look_up, insert_all(batches, table)).map(|_| ())
}

/// Starts a task that looks up a price, and is aborted when it is dropped.
async fn look_up(
    prices: impl Prices,
    offer: Result<Offer, ImportError>,
) -> Result<Option<Row>, ImportError> {
    let task = tokio::spawn(async move { prices.look_up(offer?).await });
    let joined = AbortOnDropHandle::new(task).await;
    joined.unwrap_or_else(|error| resume_unwind(error.into_panic()))
}

/// Inserts one batch after another.
async fn insert_all(
    mut batches: mpsc::Receiver<Vec<Row>>,
    mut table: impl Table,
) -> Result<(), ImportError> {
    while let Some(rows) = batches.recv().await {
        table.insert(rows).await?;
    }
    Ok(())
}
