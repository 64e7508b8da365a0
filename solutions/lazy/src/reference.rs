//! # lazy, the reference
//!
//! Every future is awaited, directly or by a `join` that is awaited, and every
//! result is kept until all calls have ended.

use futures::future::{OptionFuture, join_all};
use tokio::join;

use crate::given::*;

/// Closes `order`: stores it, then informs every other service.
///
/// # If it is dropped
///
/// The calls under way are dropped with it, and those not begun are never made.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    shop.store(order.id).await.map_err(CloseError::NotStored)?;

    // These only make futures: nothing has run until `join!` polls them.
    let email = order.email.as_deref();
    let receipt = email.map(|email| shop.send_receipt(order.id, email));
    let pages = order.products.iter().map(|product| shop.refresh(product));

    let (receipt, pages, audit) = join!(
        OptionFuture::from(receipt),
        join_all(pages),
        shop.audit(order.id),
    );
    outcome(receipt.into_iter().chain(pages).chain([audit]).collect())
}
