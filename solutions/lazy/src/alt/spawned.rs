//! A task for each call, and every handle awaited: after a panic, too.

use std::panic::resume_unwind;

use futures::future::join_all;
use tokio::spawn;

use crate::given::*;

/// Closes `order`: stores it, then informs every other service.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    shop.store(order.id).await.map_err(CloseError::NotStored)?;
    let mut tasks = Vec::new();
    if let Some(email) = order.email.clone() {
        let (shop, id) = (shop.clone(), order.id);
        tasks.push(spawn(async move { shop.send_receipt(id, &email).await }));
    }
    for product in order.products.clone() {
        let shop = shop.clone();
        tasks.push(spawn(async move { shop.refresh(&product).await }));
    }
    let (shop, id) = (shop.clone(), order.id);
    tasks.push(spawn(async move { shop.audit(id).await }));

    // All have ended before a panic is passed on. Nothing aborts these tasks:
    // an error of a handle is a panic.
    let joined = join_all(tasks).await.into_iter();
    let result = joined.map(|joined| match joined {
        Ok(result) => result,
        Err(error) => resume_unwind(error.into_panic()),
    });
    outcome(result.collect())
}
