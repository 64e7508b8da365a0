//! `let else` around more than the receipt.

use crate::given::*;

/// Closes `order`: stores it, then informs every other service.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    shop.store(order.id).await.map_err(CloseError::NotStored)?;
    let Some(email) = &order.email else {
        return Ok(());
    };
    let mut results = vec![shop.send_receipt(order.id, email).await];
    for product in &order.products {
        results.push(shop.refresh(product).await);
    }
    results.push(shop.audit(order.id).await);
    outcome(results)
}
