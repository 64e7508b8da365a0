//! A stream of futures, collected.

use futures::{StreamExt as _, future::OptionFuture, stream};
use tokio::join;

use crate::given::*;

/// Closes `order`: stores it, then informs every other service.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    shop.store(order.id).await.map_err(CloseError::NotStored)?;
    let email = order.email.as_deref();
    let receipt = email.map(|email| shop.send_receipt(order.id, email));
    let pages = stream::iter(&order.products)
        .map(|product| shop.refresh(product))
        .collect::<Vec<_>>();
    let (receipt, pages, audit) =
        join!(OptionFuture::from(receipt), pages, shop.audit(order.id),);
    println!("pages refreshed: {}", pages.len());
    outcome(receipt.into_iter().chain([audit]).collect())
}
