//! A call in the branch of a `select!` that goes round.

use futures::{StreamExt as _, stream::FuturesOrdered};
use tokio::select;

use crate::given::*;

/// Closes `order`: stores it, then informs every other service.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    shop.store(order.id).await.map_err(CloseError::NotStored)?;
    let mut results = Vec::new();
    if let Some(email) = &order.email {
        results.push(shop.send_receipt(order.id, email).await);
    }
    let pages = order.products.iter().map(|product| shop.refresh(product));
    let mut pages: FuturesOrdered<_> = pages.collect();
    let mut audited = None;
    loop {
        select! {
            biased;
            Some(result) = pages.next() => results.push(result),
            result = shop.audit(order.id), if audited.is_none() => {
                audited = Some(result);
            }
            else => break,
        }
    }
    results.extend(audited);
    outcome(results)
}
