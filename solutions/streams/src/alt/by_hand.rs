//! One loop and one `select!`: it polls offers, lookups and insert side by side.

use std::num::NonZeroUsize;

use futures::{
    FutureExt, StreamExt,
    future::{BoxFuture, OptionFuture},
    stream::FuturesOrdered,
};
use tokio::select;

use crate::given::*;

/// Imports `offers` in one loop, which reacts to whatever comes first.
pub async fn import(
    mut offers: Offers,
    mut stop: BoxFuture<'static, ()>,
    prices: impl Prices,
    table: impl Table,
    batch: NonZeroUsize,
) -> Result<(), ImportError> {
    let (batch, prices) = (batch.get(), &prices);
    let (mut lookups, mut rows) = (FuturesOrdered::new(), Vec::new());
    let (mut open, mut error) = (true, None);
    // The table is here while nothing is inserted, else in the future.
    let (mut table, mut inserting) = (Some(table), OptionFuture::default());
    loop {
        let over = !open && lookups.is_empty();
        if (rows.len() >= batch || over && !rows.is_empty())
            && let Some(table) = table.take()
        {
            let some = rows.drain(..batch.min(rows.len())).collect();
            inserting = Some(insert(table, some).boxed()).into();
        }
        if over && rows.is_empty() && table.is_some() {
            return error.map_or(Ok(()), Err);
        }
        let room = lookups.len() < LOOKUPS && rows.len() < 2 * batch;
        select! {
            biased;
            Some((back, result)) = &mut inserting => {
                (table, inserting) = (Some(back), OptionFuture::default());
                result?;
            }
            Some(row) = lookups.next(), if !lookups.is_empty() => match row {
                Ok(row) => rows.extend(row),
                Err(first) => {
                    error = Some(first);
                    open = false;
                    lookups.clear();
                }
            },
            () = &mut stop, if open => open = false,
            offer = offers.next(), if open && room => match offer {
                Some(offer) => lookups
                    .push_back(async move { prices.look_up(offer?).await }),
                None => open = false,
            },
        }
    }
}

/// Inserts rows, and hands the table back.
async fn insert<T: Table>(
    mut table: T,
    rows: Vec<Row>,
) -> (T, Result<(), ImportError>) {
    let result = table.insert(rows).await;
    (table, result)
}
