//! `buffered`, with room for as many as there are products.

use futures::{StreamExt as _, stream};

use crate::given::*;

/// Closes `order`: stores it, then informs every other service.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    shop.store(order.id).await.map_err(CloseError::NotStored)?;
    let mut results = Vec::new();
    if let Some(email) = &order.email {
        results.push(shop.send_receipt(order.id, email).await);
    }
    let pages = stream::iter(&order.products)
        .map(|product| shop.refresh(product))
        .buffered(order.products.len())
        .collect::<Vec<_>>();
    results.extend(pages.await);
    results.push(shop.audit(order.id).await);
    outcome(results)
}
