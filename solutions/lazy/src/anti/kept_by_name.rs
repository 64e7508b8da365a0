//! Futures in a map, by the name of the product.

use std::collections::BTreeMap;

use futures::future::join_all;

use crate::given::*;

/// Closes `order`: stores it, then informs every other service.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    shop.store(order.id).await.map_err(CloseError::NotStored)?;
    let mut results = Vec::new();
    if let Some(email) = &order.email {
        results.push(shop.send_receipt(order.id, email).await);
    }
    let mut pages = BTreeMap::new();
    for product in &order.products {
        pages.insert(product, shop.refresh(product));
    }
    results.extend(join_all(pages.into_values()).await);
    results.push(shop.audit(order.id).await);
    outcome(results)
}
