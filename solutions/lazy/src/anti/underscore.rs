//! `let _ =` before a call.

use crate::given::*;

/// Closes `order`: stores it, and then tells everybody who is to know.
#[expect(
    clippy::let_underscore_future,
    reason = "clippy sees this one: the log gets no entry"
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
    let _ = shop.audit(order.id);
    outcome(results)
}
