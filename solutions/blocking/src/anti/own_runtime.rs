//! # blocking, anti-pattern: a runtime of its own

use std::sync::{Arc, Mutex, PoisonError};

use tokio::{runtime::Runtime, task, time::sleep};

use crate::given::*;

/// Weighs the parcel on `scale`, and returns its postage in cents.
pub async fn quote(
    courier: Courier,
    scale: Arc<Mutex<impl Scale>>,
) -> Result<u32, QuoteError> {
    let weigh =
        move || scale.lock().unwrap_or_else(PoisonError::into_inner).weigh();
    let grams = task::spawn_blocking(weigh).await??;
    let runtime = Runtime::new().map_err(|e| QuoteError::Task(e.into()))?;
    loop {
        let asking = courier.request(grams).send();
        let response = runtime.spawn(asking).await??;
        match read(response).await? {
            Reply::Price(cents) => return Ok(cents),
            Reply::Later(pause) => sleep(pause).await,
        }
    }
}
