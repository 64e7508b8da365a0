//! A stream of futures, collected.

use futures::{StreamExt as _, stream};

use crate::given::*;

/// Closes `order`: stores it, and then tells everybody who is to know.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    let stored = shop.store(order.id).await;
    stored.map_err(CloseError::NotStored)?;
    let mut results = Vec::new();
    if let Some(email) = &order.email {
        results.push(shop.send_receipt(order.id, email).await);
    }
    let pages = stream::iter(&order.products)
        .map(|product| shop.refresh(product))
        .collect::<Vec<_>>()
        .await;
    if pages.len() < order.products.len() {
        results.push(Err(CallError("not every page is new".to_owned())));
    }
    results.push(shop.audit(order.id).await);
    outcome(results)
}
