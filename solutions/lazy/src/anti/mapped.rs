//! `Option::map` over a call.

use futures::future::join_all;
use tokio::join;

use crate::given::*;

/// Closes `order`: stores it, then informs every other service.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    shop.store(order.id).await.map_err(CloseError::NotStored)?;
    let email = order.email.as_deref();
    email.map(|email| shop.send_receipt(order.id, email));
    let pages = order.products.iter().map(|product| shop.refresh(product));
    let (pages, audit) = join!(join_all(pages), shop.audit(order.id));
    outcome(pages.into_iter().chain([audit]).collect())
}
