//! A task for each call, and every handle awaited, up to one that panicked: the
//! tasks behind it go on, and nobody hears of them.

use std::panic::resume_unwind;

use tokio::spawn;

use crate::given::*;

/// Closes `order`: stores it, and then tells everybody who is to know.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    let stored = shop.store(order.id).await;
    stored.map_err(CloseError::NotStored)?;
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
    let mut results = Vec::new();
    for task in tasks {
        // Nobody aborts these tasks: an error of the handle is a panic.
        let joined = task.await;
        results
            .push(joined.unwrap_or_else(|it| resume_unwind(it.into_panic())));
    }
    outcome(results)
}
