//! # blocking, anti-pattern: a pause of one's own

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

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
        match read(courier.request(grams).send().await?).await? {
            Reply::Price(cents) => return Ok(cents),
            Reply::Later(_) => sleep(Duration::from_millis(1)).await,
        }
    }
}
