//! # lazy, the reference
//!
//! An `.await` behind every call, and every result kept until all have ended.

use crate::given::*;

/// Closes `order`: stores it, and then tells everybody who is to know. One call
/// that fails stops none of the others.
///
/// # If it is dropped
///
/// The call under way is dropped with it, and those after it are never made.
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
    results.push(shop.audit(order.id).await);
    outcome(results)
}
