//! # blocking, anti-pattern: a blocking read inline

use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::sleep;

use crate::given::*;

/// Weighs the parcel on `scale`, and returns its postage in cents.
pub async fn quote(
    courier: Courier,
    scale: Arc<Mutex<impl Scale>>,
) -> Result<u32, QuoteError> {
    let grams = scale.lock().unwrap_or_else(PoisonError::into_inner).weigh()?;
    loop {
        match read(courier.request(grams).send().await?).await? {
            Reply::Price(cents) => return Ok(cents),
            Reply::Later(pause) => sleep(pause).await,
        }
    }
}
