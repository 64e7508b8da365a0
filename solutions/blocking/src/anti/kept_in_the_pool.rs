//! # blocking, anti-pattern: the lock kept in the pool

use std::{
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use tokio::task;

use crate::given::*;

/// Weighs the parcel on `scale`, and returns its postage in cents.
pub async fn quote(
    courier: Courier,
    scale: Arc<Mutex<impl Scale>>,
) -> Result<u32, QuoteError> {
    task::spawn_blocking(move || {
        let mut scale = scale.lock().unwrap_or_else(PoisonError::into_inner);
        let grams = scale.weigh()?;
        loop {
            match courier.ask(grams)? {
                Reply::Price(cents) => return Ok(cents),
                Reply::Later(pause) => thread::sleep(pause),
            }
        }
    })
    .await?
}
