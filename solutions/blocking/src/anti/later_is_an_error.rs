//! # blocking, anti-pattern: `Later` as an error

use std::sync::{Arc, Mutex, PoisonError};

use tokio::task;

use crate::given::*;

/// Weighs the parcel on `scale`, and returns its postage in cents.
pub async fn quote(
    courier: Courier,
    scale: Arc<Mutex<impl Scale>>,
) -> Result<u32, QuoteError> {
    let weigh =
        move || scale.lock().unwrap_or_else(PoisonError::into_inner).weigh();
    let grams = task::spawn_blocking(weigh).await??;
    match read(courier.request(grams).send().await?).await? {
        Reply::Price(cents) => Ok(cents),
        Reply::Later(_) => Err(QuoteError::Status(202)),
    }
}
