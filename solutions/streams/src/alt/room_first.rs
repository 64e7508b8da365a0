//! Room first: a lookup begins when there is room for its row. So what takes its
//! row never waits, and no lookup needs a task.

use std::num::NonZeroUsize;

use futures::{
    StreamExt, TryStreamExt, future::BoxFuture, stream::TryChunksError,
};
use tokio::{sync::mpsc, try_join};
use tokio_stream::wrappers::ReceiverStream;

use crate::given::*;

/// A row, or the error in its place.
type Found = Result<Row, ImportError>;

/// Imports `offers` in one task, and takes no offer without room for its row.
pub async fn import(
    offers: Offers,
    stop: BoxFuture<'static, ()>,
    prices: impl Prices,
    table: impl Table,
    batch: NonZeroUsize,
) -> Result<(), ImportError> {
    let offers = offers.take_until(stop).boxed();
    let (sender, rows) = mpsc::channel(batch.get() + LOOKUPS);
    try_join!(
        look_up_all(offers, prices, sender),
        insert_all(rows, table, batch.get()),
    )?;
    Ok(())
}

/// Looks up prices, each when there is room for its row.
async fn look_up_all(
    offers: Offers,
    prices: impl Prices,
    sender: mpsc::Sender<Found>,
) -> Result<(), ImportError> {
    let mut rows = offers
        .then(|offer| {
            let room = sender.clone().reserve_owned();
            async { (offer, room.await) }
        })
        .map(|(offer, room)| async {
            let row = async { prices.look_up(offer?).await };
            (row.await.transpose(), room)
        })
        .buffered(LOOKUPS)
        .boxed();
    while let Some((row, room)) = rows.next().await {
        // No `.await` here: the lookups are polled again at once.
        if let (Some(row), Ok(room)) = (row, room) {
            room.send(row);
        }
    }
    Ok(())
}

/// Inserts the rows in batches, up to the first error.
async fn insert_all(
    rows: mpsc::Receiver<Found>,
    mut table: impl Table,
    batch: usize,
) -> Result<(), ImportError> {
    let mut batches = ReceiverStream::new(rows).try_chunks(batch);
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
