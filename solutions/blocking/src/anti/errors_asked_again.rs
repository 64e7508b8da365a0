//! # blocking, anti-pattern: errors taken for `Later`

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
    let mut tries = 0;
    loop {
        tries += 1;
        match read(courier.request(grams).send().await?).await {
            Ok(Reply::Price(cents)) => return Ok(cents),
            Ok(Reply::Later(pause)) => sleep(pause).await,
            Err(QuoteError::Status(500..)) if tries < 4 => {
                sleep(Duration::from_millis(10)).await;
            }
            Err(error) => return Err(error),
        }
    }
}
