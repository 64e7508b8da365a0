//! # blocking, anti-pattern: a busy loop with `yield_now`

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

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
    loop {
        match read(courier.request(grams).send().await?).await? {
            Reply::Price(cents) => return Ok(cents),
            Reply::Later(pause) => {
                let began = Instant::now();
                while began.elapsed() < pause {
                    task::yield_now().await;
                }
            }
        }
    }
}
