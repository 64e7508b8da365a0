//! Results as they come.

use futures::{FutureExt as _, StreamExt as _, stream::FuturesUnordered};

use crate::given::*;

/// Closes `order`: stores it, then informs every other service.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    shop.store(order.id).await.map_err(CloseError::NotStored)?;
    let calls = FuturesUnordered::new();
    if let Some(email) = &order.email {
        calls.push(shop.send_receipt(order.id, email).boxed());
    }
    for product in &order.products {
        calls.push(shop.refresh(product).boxed());
    }
    calls.push(shop.audit(order.id).boxed());
    outcome(calls.collect().await)
}
