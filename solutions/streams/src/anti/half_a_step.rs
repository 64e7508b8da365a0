//! An offer is taken and looked up in a branch of `select!`: in between, it is lost.

use std::{mem::take, num::NonZeroUsize};

use futures::{StreamExt, future::BoxFuture};
use tokio::select;

use crate::given::*;

/// Looks up the prices of `offers`, and inserts their rows into `table`.
pub async fn import(
    mut offers: Offers,
    mut stop: BoxFuture<'static, ()>,
    prices: impl Prices,
    mut table: impl Table,
    batch: NonZeroUsize,
) -> Result<(), ImportError> {
    let mut rows = Vec::new();
    loop {
        let next = async {
            let offer = offers.next().await?;
            Some(match offer {
                Ok(offer) => prices.look_up(offer).await,
                Err(error) => Err(error),
            })
        };
        let next = select! {
            () = &mut stop => None,
            next = next => next,
        };
        match next {
            Some(Ok(row)) => rows.extend(row),
            Some(Err(error)) => {
                table.insert(rows).await?;
                return Err(error);
            }
            None => return table.insert(rows).await,
        }
        if rows.len() == batch.get() {
            table.insert(take(&mut rows)).await?;
        }
    }
}
