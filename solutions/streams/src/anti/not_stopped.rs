//! The next offer comes first, and `stop` when there is none.

use std::{mem::take, num::NonZeroUsize, panic::resume_unwind, sync::Arc};

use futures::{
    StreamExt,
    future::{self, BoxFuture, Either},
};
use tokio::{
    sync::{Semaphore, mpsc},
    try_join,
};
use tokio_util::task::AbortOnDropHandle;

use crate::given::*;

type Lookup = AbortOnDropHandle<Result<Option<Row>, ImportError>>;

/// Imports `offers`: one loop begins lookups, the other awaits them.
pub async fn import(
    offers: Offers,
    stop: BoxFuture<'static, ()>,
    prices: impl Prices,
    table: impl Table,
    batch: NonZeroUsize,
) -> Result<(), ImportError> {
    let (sender, lookups) = mpsc::channel(2 * batch.get());
    let begin = begin_all(offers, stop, prices, sender);
    try_join!(begin, insert_all(lookups, table, batch.get())).map(|_| ())
}

/// Begins a lookup for each offer, as permits and room allow.
async fn begin_all(
    mut offers: Offers,
    mut stop: BoxFuture<'static, ()>,
    prices: impl Prices,
    sender: mpsc::Sender<Lookup>,
) -> Result<(), ImportError> {
    let permits = Arc::new(Semaphore::new(LOOKUPS));
    while let Either::Left((Some(offer), _)) =
        future::select(offers.next(), &mut stop).await
    {
        let permit = Arc::clone(&permits).acquire_owned().await;
        let prices = prices.clone();
        let task = tokio::spawn(async move {
            let _permit = permit; // until the lookup is over
            prices.look_up(offer?).await
        });
        if sender.send(AbortOnDropHandle::new(task)).await.is_err() {
            break;
        }
    }
    Ok(())
}

/// Awaits the lookups in their order, and inserts their rows.
async fn insert_all(
    mut lookups: mpsc::Receiver<Lookup>,
    mut table: impl Table,
    batch: usize,
) -> Result<(), ImportError> {
    let mut rows = Vec::new();
    while let Some(lookup) = lookups.recv().await {
        match lookup.await {
            Ok(Ok(row)) => rows.extend(row),
            Ok(Err(error)) => {
                table.insert(rows).await?;
                return Err(error);
            }
            Err(error) => resume_unwind(error.into_panic()),
        }
        if rows.len() == batch {
            table.insert(take(&mut rows)).await?;
        }
    }
    table.insert(rows).await
}
