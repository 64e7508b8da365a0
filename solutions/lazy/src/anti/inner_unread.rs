//! The outer result of a handle read, and the inner one not.

use crate::given::*;

/// Closes `order`: stores it, then informs every other service.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    shop.store(order.id).await.map_err(CloseError::NotStored)?;
    let mut results = Vec::new();
    if let Some(email) = &order.email {
        results.push(shop.send_receipt(order.id, email).await);
    }
    for product in &order.products {
        results.push(shop.refresh(product).await);
    }
    let (shop, id) = (shop.clone(), order.id);
    let audit = tokio::spawn(async move { shop.audit(id).await });
    if audit.await.is_err() {
        results.push(Err(CallError("the audit panicked".to_owned())));
    }
    outcome(results)
}
