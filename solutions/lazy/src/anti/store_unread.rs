//! The result of the first call dropped.

use crate::given::*;

/// Closes `order`: stores it, then informs every other service.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    let _ = shop.store(order.id).await;
    let mut results = Vec::new();
    if let Some(email) = &order.email {
        results.push(shop.send_receipt(order.id, email).await);
    }
    for product in &order.products {
        results.push(shop.refresh(product).await);
    }
    results.push(shop.audit(order.id).await);
    outcome(results)
}
