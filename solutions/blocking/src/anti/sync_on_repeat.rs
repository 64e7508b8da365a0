//! # blocking, anti-pattern: asynchronous only the first time

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
    let mut reply = read(courier.request(grams).send().await?).await?;
    while let Reply::Later(pause) = reply {
        sleep(pause).await;
        reply = courier.ask(grams)?;
    }
    match reply {
        Reply::Price(cents) => Ok(cents),
        Reply::Later(_) => Err(QuoteError::NoPrice),
    }
}
