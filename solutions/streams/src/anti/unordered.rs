//! `for_each_concurrent`: what is done first comes first.

use std::{
    mem::take,
    num::NonZeroUsize,
    sync::{Mutex, PoisonError},
};

use futures::{StreamExt, TryStreamExt, future::BoxFuture};
use tokio::sync::Mutex as AsyncMutex;

use crate::given::*;

/// Looks up the prices of `offers`, four at a time, and inserts their rows into
/// `table`.
pub async fn import(
    offers: Offers,
    stop: BoxFuture<'static, ()>,
    prices: impl Prices,
    table: impl Table,
    batch: NonZeroUsize,
) -> Result<(), ImportError> {
    let (prices, table) = (&prices, &AsyncMutex::new(table));
    let rows = &Mutex::new(Vec::new());
    offers
        .take_until(stop)
        .map(Ok)
        .try_for_each_concurrent(LOOKUPS, |offer| async move {
            let row = prices.look_up(offer?).await?;
            let full = {
                let mut rows =
                    rows.lock().unwrap_or_else(PoisonError::into_inner);
                rows.extend(row);
                if rows.len() < batch.get() {
                    return Ok(());
                }
                take(&mut *rows)
            };
            table.lock().await.insert(full).await
        })
        .await?;
    let rest = take(&mut *rows.lock().unwrap_or_else(PoisonError::into_inner));
    table.lock().await.insert(rest).await
}
