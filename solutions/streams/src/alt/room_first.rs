//! Room first: a lookup begins when there is room for its row. So what takes its
//! row never waits, and no lookup needs a task.

use std::num::NonZeroUsize;

use futures::{
    StreamExt, TryStreamExt,
    future::{BoxFuture, ready},
    stream::TryChunksError,
};
use tokio::{sync::mpsc, try_join};
use tokio_stream::wrappers::ReceiverStream;

use crate::given::*;

/// Imports `offers` in one task, and takes no offer without room for its row.
pub async fn import(
    offers: Offers,
    stop: BoxFuture<'static, ()>,
    prices: impl Prices,
    mut table: impl Table,
    batch: NonZeroUsize,
) -> Result<(), ImportError> {
    let (rows, looked_up) = mpsc::channel(batch.get() + LOOKUPS);
    let prices = &prices;
    let look_up = async move {
        offers
            .take_until(stop)
            .then(|offer| {
                let room = rows.clone().reserve_owned();
                async { (offer, room.await) }
            })
            .map(|(offer, room)| async {
                (look_up(prices, offer).await.transpose(), room)
            })
            .buffered(LOOKUPS)
            .for_each(|row| {
                if let (Some(row), Ok(room)) = row {
                    room.send(row); // There is room for it.
                }
                ready(())
            })
            .await;
        Ok(())
    };
    let insert = async move {
        let rows = ReceiverStream::new(looked_up);
        let mut batches = rows.try_chunks(batch.get());
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
    };
    try_join!(look_up, insert).map(|_| ())
}

async fn look_up(
    prices: &impl Prices,
    offer: Result<Offer, ImportError>,
) -> Result<Option<Row>, ImportError> {
    prices.look_up(offer?).await
}
