//! Four calls, and no warning.

use crate::given::*;

/// Closes `order`: stores it, then informs every other service.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    shop.store(order.id).await.map_err(CloseError::NotStored)?;
    let email = order.email.as_deref();
    email.map(|email| shop.send_receipt(order.id, email));
    let mut pages = Vec::new();
    for product in &order.products {
        pages.push(shop.refresh(product));
    }
    let _audit = shop.audit(order.id);
    Ok(())
}
