//! # blocking, anti-pattern: a future on a thread without a runtime

use std::{
    panic::resume_unwind,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

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
        let courier = courier.clone();
        let asking = thread::spawn(move || {
            executor::block_on(async {
                read(courier.request(grams).send().await?).await
            })
        });
        let asked = task::spawn_blocking(move || asking.join()).await?;
        match asked.unwrap_or_else(|panic| resume_unwind(panic))? {
            Reply::Price(cents) => return Ok(cents),
            Reply::Later(pause) => sleep(pause).await,
        }
    }
}
