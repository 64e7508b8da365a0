//! # blocking, the reference
//!
//! Each of the three waits leaves the thread free in its own way: the driver of
//! the scale knows only how to block, so it gets another thread; for the
//! request there is an asynchronous client, and for the pause a timer.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::{task, time::sleep};

use crate::given::*;

/// Weighs the parcel on `scale`, and returns its postage in cents.
///
/// # If it is dropped
///
/// A request in flight is dropped with it, and so is the pause. A parcel that
/// is being weighed is weighed to the end, and the scale is free then.
pub async fn quote(
    courier: Courier,
    scale: Arc<Mutex<impl Scale>>,
) -> Result<u32, QuoteError> {
    // Locked inside the closure: waiting for the lock blocks, too.
    let grams = task::spawn_blocking(move || {
        scale.lock().unwrap_or_else(PoisonError::into_inner).weigh()
    })
    .await??;
    loop {
        let response = courier.request(grams).send().await?;
        match read(response).await? {
            Reply::Price(cents) => return Ok(cents),
            Reply::Later(pause) => sleep(pause).await,
        }
    }
}
