//! `let _ =` before a call.

use futures::future::{OptionFuture, join_all};
use tokio::join;

use crate::given::*;

/// Closes `order`: stores it, then informs every other service.
#[expect(
    clippy::let_underscore_future,
    reason = "clippy sees this one: the log gets no entry"
)]
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    shop.store(order.id).await.map_err(CloseError::NotStored)?;
    let email = order.email.as_deref();
    let receipt = email.map(|email| shop.send_receipt(order.id, email));
    let pages = order.products.iter().map(|product| shop.refresh(product));
    let (receipt, pages) = join!(OptionFuture::from(receipt), join_all(pages));
    let _ = shop.audit(order.id);
    outcome(receipt.into_iter().chain(pages).collect())
}
