//! A task for each offer, of which four have a permit.

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
    let (sender, lookups) = mpsc::unbounded_channel();
    let begin = begin_all(offers, stop, prices, sender);
    try_join!(begin, insert_all(lookups, table, batch.get())).map(|_| ())
}

/// Begins a task for each offer.
async fn begin_all(
    mut offers: Offers,
    mut stop: BoxFuture<'static, ()>,
    prices: impl Prices,
    sender: mpsc::UnboundedSender<Lookup>,
) -> Result<(), ImportError> {
    let permits = Arc::new(Semaphore::new(LOOKUPS));
    while let Either::Right((Some(offer), _)) =
        future::select(&mut stop, offers.next()).await
    {
        let (prices, permits) = (prices.clone(), Arc::clone(&permits));
        let task = tokio::spawn(async move {
            let _permit = permits.acquire_owned().await;
            prices.look_up(offer?).await
        });
        if sender.send(AbortOnDropHandle::new(task)).is_err() {
            break;
        }
    }
    Ok(())
}

/// Awaits the lookups in their order, and inserts their rows.
async fn insert_all(
    mut lookups: mpsc::UnboundedReceiver<Lookup>,
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
