//! # blocking, with the whole procedure handed over
//!
//! One closure on the blocking pool does all of it, one step after another, as
//! it would in a synchronous program. There, every one of its waits is allowed,
//! `thread::sleep` included. The price is a thread for each quote, in the pause
//! as well, and a call that is dropped goes on asking.

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
