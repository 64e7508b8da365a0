//! A block that gives back a future.

use crate::given::*;

/// Closes `order`: stores it, and then tells everybody who is to know.
#[expect(
    clippy::async_yields_async,
    clippy::let_underscore_future,
    reason = "clippy sees it twice: what the block returns is the future"
)]
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
    let _ = async { shop.audit(order.id) }.await;
    outcome(results)
}
