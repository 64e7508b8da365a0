//! A task whose result is read if it is there by then.

use std::panic::resume_unwind;

use crate::given::*;

/// Closes `order`: stores it, then informs every other service.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    shop.store(order.id).await.map_err(CloseError::NotStored)?;
    let (log, id) = (shop.clone(), order.id);
    let audit = tokio::spawn(async move { log.audit(id).await });
    let mut results = Vec::new();
    if let Some(email) = &order.email {
        results.push(shop.send_receipt(order.id, email).await);
    }
    for product in &order.products {
        results.push(shop.refresh(product).await);
    }
    // The log is not worth waiting for: its error counts if it is there.
    tokio::task::yield_now().await;
    if audit.is_finished() {
        let joined = audit.await;
        results
            .push(joined.unwrap_or_else(|it| resume_unwind(it.into_panic())));
    }
    outcome(results)
}
