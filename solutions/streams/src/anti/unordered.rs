//! `for_each_concurrent`: what is done first comes first.

use std::{
    mem::take,
    num::NonZeroUsize,
    sync::{Mutex, PoisonError},
};

use futures::{StreamExt, TryStreamExt, future::BoxFuture};
use tokio::sync::Mutex as AsyncMutex;

use crate::given::*;

/// Looks up the prices of `offers`, and inserts their rows into `table`.
pub async fn import(
    offers: Offers,
    stop: BoxFuture<'static, ()>,
    prices: impl Prices,
    table: impl Table,
    batch: NonZeroUsize,
) -> Result<(), ImportError> {
    let (table, rows) = (AsyncMutex::new(table), Mutex::new(Vec::new()));
    let offers = offers.take_until(stop).map(Ok);
    offers
        .try_for_each_concurrent(LOOKUPS, |offer| async {
            let row = prices.look_up(offer?).await?;
            match add(&rows, row, batch.get()) {
                Some(full) => table.lock().await.insert(full).await,
                None => Ok(()),
            }
        })
        .await?;
    let rest = rows.into_inner().unwrap_or_else(PoisonError::into_inner);
    table.into_inner().insert(rest).await
}

/// Adds a row, and takes all of them if they are a batch.
fn add(
    rows: &Mutex<Vec<Row>>,
    row: Option<Row>,
    batch: usize,
) -> Option<Vec<Row>> {
    let mut rows = rows.lock().unwrap_or_else(PoisonError::into_inner);
    rows.extend(row);
    (rows.len() == batch).then(|| take(&mut *rows))
}
