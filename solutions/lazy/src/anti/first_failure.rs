//! A question mark behind each call.

use crate::given::*;

/// Closes `order`: stores it, and then tells everybody who is to know.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    let stored = shop.store(order.id).await;
    stored.map_err(CloseError::NotStored)?;
    let failed = |error| CloseError::Incomplete(vec![error]);
    if let Some(email) = &order.email {
        shop.send_receipt(order.id, email).await.map_err(failed)?;
    }
    for product in &order.products {
        shop.refresh(product).await.map_err(failed)?;
    }
    shop.audit(order.id).await.map_err(failed)
}
