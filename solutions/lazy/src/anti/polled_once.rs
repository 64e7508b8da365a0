//! `now_or_never`: one poll, and no more.

use futures::FutureExt as _;

use crate::given::*;

/// Closes `order`: stores it, and then tells everybody who is to know.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    let stored = shop.store(order.id).await;
    stored.map_err(CloseError::NotStored)?;
    let mut results = Vec::new();
    if let Some(email) = &order.email {
        results.push(shop.send_receipt(order.id, email).await);
    }
    for product in &order.products {
        results.push(shop.refresh(product).await);
    }
    // So that the buyer need not wait for the log.
    if let Some(result) = shop.audit(order.id).now_or_never() {
        results.push(result);
    }
    outcome(results)
}
