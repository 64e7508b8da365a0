//! All awaited, and one error returned.

use futures::{FutureExt as _, future::join_all};

use crate::given::*;

/// Closes `order`: stores it, then informs every other service.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    shop.store(order.id).await.map_err(CloseError::NotStored)?;
    let mut calls = Vec::new();
    if let Some(email) = &order.email {
        calls.push(shop.send_receipt(order.id, email).boxed());
    }
    for product in &order.products {
        calls.push(shop.refresh(product).boxed());
    }
    calls.push(shop.audit(order.id).boxed());
    let all: Result<Vec<()>, _> = join_all(calls).await.into_iter().collect();
    all.map(|_| ()).map_err(|error| CloseError::Incomplete(vec![error]))
}
