//! The store among the others.

use futures::future::{OptionFuture, join_all};
use tokio::join;

use crate::given::*;

/// Closes `order`: stores it, then informs every other service.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    let email = order.email.as_deref();
    let receipt = email.map(|email| shop.send_receipt(order.id, email));
    let pages = order.products.iter().map(|product| shop.refresh(product));
    let (stored, receipt, pages, audit) = join!(
        shop.store(order.id),
        OptionFuture::from(receipt),
        join_all(pages),
        shop.audit(order.id),
    );
    stored.map_err(CloseError::NotStored)?;
    outcome(receipt.into_iter().chain(pages).chain([audit]).collect())
}
