//! One order at a time, in the whole process.

use futures::future::{OptionFuture, join_all};
use tokio::{join, sync::Mutex};

use crate::given::*;

static CLOSING: Mutex<()> = Mutex::const_new(());

/// Closes `order`: stores it, then informs every other service.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    let _closing = CLOSING.lock().await;
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
