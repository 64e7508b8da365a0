//! A future polled by hand, with a waker that wakes no task.

use std::{
    future::poll_fn,
    pin::pin,
    task::{Context, Waker},
};

use futures::future::{OptionFuture, join_all};
use tokio::join;

use crate::given::*;

/// Closes `order`: stores it, then informs every other service.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    shop.store(order.id).await.map_err(CloseError::NotStored)?;
    let email = order.email.as_deref();
    let receipt = email.map(|email| shop.send_receipt(order.id, email));
    let pages = order.products.iter().map(|product| shop.refresh(product));
    let (receipt, pages) = join!(OptionFuture::from(receipt), join_all(pages));
    let mut audit = pin!(shop.audit(order.id));
    let mut nothing = Context::from_waker(Waker::noop());
    let audit = poll_fn(|_| audit.as_mut().poll(&mut nothing)).await;
    outcome(receipt.into_iter().chain(pages).chain([audit]).collect())
}
