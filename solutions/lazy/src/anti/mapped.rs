//! `Option::map` over a call.

use crate::given::*;

/// Closes `order`: stores it, and then tells everybody who is to know.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    let stored = shop.store(order.id).await;
    stored.map_err(CloseError::NotStored)?;
    let mut results = Vec::new();
    let email = order.email.as_deref();
    email.map(|email| shop.send_receipt(order.id, email));
    for product in &order.products {
        results.push(shop.refresh(product).await);
    }
    results.push(shop.audit(order.id).await);
    outcome(results)
}
