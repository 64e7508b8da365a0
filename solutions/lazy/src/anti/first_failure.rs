//! A question mark behind each call.

use crate::given::*;

/// Closes `order`: stores it, then informs every other service.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    shop.store(order.id).await.map_err(CloseError::NotStored)?;
    let failed = |error| CloseError::Incomplete(vec![error]);
    if let Some(email) = &order.email {
        shop.send_receipt(order.id, email).await.map_err(failed)?;
    }
    for product in &order.products {
        shop.refresh(product).await.map_err(failed)?;
    }
    shop.audit(order.id).await.map_err(failed)
}
