//! `now_or_never`: one poll, and no more.

use futures::{
    FutureExt as _,
    future::{OptionFuture, join_all},
};
use tokio::join;

use crate::given::*;

/// Closes `order`: stores it, then informs every other service.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    shop.store(order.id).await.map_err(CloseError::NotStored)?;
    let email = order.email.as_deref();
    let receipt = email.map(|email| shop.send_receipt(order.id, email));
    let pages = order.products.iter().map(|product| shop.refresh(product));
    let (receipt, pages) = join!(OptionFuture::from(receipt), join_all(pages));
    // So that the buyer need not wait for the log.
    let audit = shop.audit(order.id).now_or_never();
    outcome(receipt.into_iter().chain(pages).chain(audit).collect())
}
