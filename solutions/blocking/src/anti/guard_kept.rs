//! # blocking, anti-pattern: a lock kept across an await

use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::sleep;

use crate::given::*;

/// Weighs the parcel on `scale`, and returns its postage in cents.
#[expect(clippy::await_holding_lock, reason = "this is the mistake")]
pub async fn quote(
    courier: Courier,
    scale: Arc<Mutex<impl Scale>>,
) -> Result<u32, QuoteError> {
    let mut scale = scale.lock().unwrap_or_else(PoisonError::into_inner);
    let grams = scale.weigh()?;
    loop {
        match read(courier.request(grams).send().await?).await? {
            Reply::Price(cents) => return Ok(cents),
            Reply::Later(pause) => sleep(pause).await,
        }
    }
}
