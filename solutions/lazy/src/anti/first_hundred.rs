//! The first hundred products, and no more.

use futures::future::{OptionFuture, join_all};
use tokio::join;

use crate::given::*;

/// Closes `order`: stores it, then informs every other service.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    shop.store(order.id).await.map_err(CloseError::NotStored)?;
    let email = order.email.as_deref();
    let receipt = email.map(|email| shop.send_receipt(order.id, email));
    let products = order.products.iter().take(100);
    let pages = products.map(|product| shop.refresh(product));
    let (receipt, pages, audit) = join!(
        OptionFuture::from(receipt),
        join_all(pages),
        shop.audit(order.id),
    );
    outcome(receipt.into_iter().chain(pages).chain([audit]).collect())
}
