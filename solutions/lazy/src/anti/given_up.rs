//! A limit on the time of a call.

use std::time::Duration;

use tokio::time::timeout;

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
    let limit = Duration::from_mins(1);
    let audited = timeout(limit, shop.audit(order.id)).await;
    let late = CallError("the log did not answer".to_owned());
    results.push(audited.unwrap_or(Err(late)));
    outcome(results)
}
