//! # blocking, with each synchronous call handed over
//!
//! The synchronous client stays: each of its calls gets a closure on the
//! blocking pool, and clones of what it needs. The pause is a timer, so that no
//! thread is held in it.

use std::sync::{Arc, Mutex, PoisonError};

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
        let courier = courier.clone();
        let asked = task::spawn_blocking(move || courier.ask(grams));
        match asked.await?? {
            Reply::Price(cents) => return Ok(cents),
            Reply::Later(pause) => sleep(pause).await,
        }
    }
}
