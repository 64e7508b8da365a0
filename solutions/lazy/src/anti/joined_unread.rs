//! Joined, and the results dropped.

use futures::future::join_all;

use crate::given::*;

/// Closes `order`: stores it, then informs every other service.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    shop.store(order.id).await.map_err(CloseError::NotStored)?;
    let mut results = Vec::new();
    if let Some(email) = &order.email {
        results.push(shop.send_receipt(order.id, email).await);
    }
    join_all(order.products.iter().map(|it| shop.refresh(it))).await;
    results.push(shop.audit(order.id).await);
    outcome(results)
}
