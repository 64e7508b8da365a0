//! # blocking, anti-pattern: another executor's `block_on`

use std::sync::{Arc, Mutex, PoisonError};

use futures::executor;
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
        match ask_now(&courier, grams)? {
            Reply::Price(cents) => return Ok(cents),
            Reply::Later(pause) => sleep(pause).await,
        }
    }
}

/// Asks the courier, for callers that cannot await.
fn ask_now(courier: &Courier, grams: u32) -> Result<Reply, QuoteError> {
    executor::block_on(async {
        read(courier.request(grams).send().await?).await
    })
}
