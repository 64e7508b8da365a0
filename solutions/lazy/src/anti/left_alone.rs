//! A task that nobody waits for.

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
    tokio::spawn(async move { shop.audit(id).await });
    outcome(results)
}
