//! # blocking, anti-pattern: a synchronous client inline

use std::sync::{Arc, Mutex, PoisonError};

use tokio::{task, time::sleep};

use crate::given::*;

/// Weighs the parcel on `scale`, and returns its postage in cents.
pub async fn quote(
    courier: Courier,
    scale: Arc<Mutex<impl Scale>>,
) -> Result<u32, QuoteError> {
    let weigh =
        move || scale.lock().unwrap_or_else(PoisonError::into_inner).weigh();
    let grams = task::spawn_blocking(weigh).await??;
    loop {
        match courier.ask(grams)? {
            Reply::Price(cents) => return Ok(cents),
            Reply::Later(pause) => sleep(pause).await,
        }
    }
}
