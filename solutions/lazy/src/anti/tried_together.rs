//! `try_join!`, which drops the others at the first failure.

use futures::future::{OptionFuture, try_join_all};
use tokio::try_join;

use crate::given::*;

/// Closes `order`: stores it, then informs every other service.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    shop.store(order.id).await.map_err(CloseError::NotStored)?;
    let email = order.email.as_deref();
    let receipt = email.map(|email| shop.send_receipt(order.id, email));
    let receipt = async { OptionFuture::from(receipt).await.unwrap_or(Ok(())) };
    let pages = order.products.iter().map(|product| shop.refresh(product));
    try_join!(receipt, try_join_all(pages), shop.audit(order.id))
        .map(|_| ())
        .map_err(|error| CloseError::Incomplete(vec![error]))
}
