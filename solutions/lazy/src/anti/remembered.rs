//! What has been closed is not closed again.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use futures::future::{OptionFuture, join_all};
use tokio::join;

use crate::given::*;

static CLOSED: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

/// Closes `order`: stores it, then informs every other service.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    let closed = || CLOSED.lock().unwrap_or_else(PoisonError::into_inner);
    if !closed().insert(order.id) {
        return Ok(());
    }
    shop.store(order.id).await.map_err(CloseError::NotStored)?;
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
