//! All of them together.

use futures::future::{OptionFuture, join_all};
use tokio::join;

use crate::given::*;

/// Closes `order`: stores it, and then tells everybody who is to know.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    let stored = shop.store(order.id).await;
    stored.map_err(CloseError::NotStored)?;
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

/// `Ok`, or all errors in their order.
fn outcome(results: Vec<Result<(), CallError>>) -> Result<(), CloseError> {
    let errors: Vec<_> = results.into_iter().filter_map(Result::err).collect();
    if errors.is_empty() { Ok(()) } else { Err(CloseError::Incomplete(errors)) }
}
