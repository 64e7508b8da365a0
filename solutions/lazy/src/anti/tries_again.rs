//! Another attempt after a failure.

use crate::given::*;

/// Closes `order`: stores it, then informs every other service.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    shop.store(order.id).await.map_err(CloseError::NotStored)?;
    let mut results = Vec::new();
    if let Some(email) = &order.email {
        let mut sent = shop.send_receipt(order.id, email).await;
        if sent.is_err() {
            sent = shop.send_receipt(order.id, email).await;
        }
        results.push(sent);
    }
    for product in &order.products {
        results.push(shop.refresh(product).await);
    }
    results.push(shop.audit(order.id).await);
    outcome(results)
}
