//! # blocking, anti-pattern: a task around the blocking calls

use std::{
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use crate::given::*;

/// Weighs the parcel on `scale`, and returns its postage in cents.
pub async fn quote(
    courier: Courier,
    scale: Arc<Mutex<impl Scale>>,
) -> Result<u32, QuoteError> {
    tokio::spawn(async move {
        let grams =
            scale.lock().unwrap_or_else(PoisonError::into_inner).weigh()?;
        loop {
            match courier.ask(grams)? {
                Reply::Price(cents) => return Ok(cents),
                Reply::Later(pause) => thread::sleep(pause),
            }
        }
    })
    .await?
}
