//! # blocking, with a thread of its own for the scale
//!
//! A thread weighs the parcel and sends the weight through a oneshot channel,
//! which can be awaited. It is no part of the blocking pool, so that a scale
//! which never comes to rest takes no thread from anybody else.

use std::{
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use tokio::{sync::oneshot, time::sleep};

use crate::given::*;

/// Weighs the parcel on `scale`, and returns its postage in cents.
pub async fn quote(
    courier: Courier,
    scale: Arc<Mutex<impl Scale>>,
) -> Result<u32, QuoteError> {
    let (sender, weighed) = oneshot::channel();
    thread::Builder::new().name("scale".to_owned()).spawn(move || {
        let mut scale = scale.lock().unwrap_or_else(PoisonError::into_inner);
        // An error means that nothing waits for the weight any more.
        let _ = sender.send(scale.weigh());
    })?;
    // An error means that the driver has panicked, and the sender is gone.
    let grams = weighed.await.map_err(|e| QuoteError::Task(e.into()))??;
    loop {
        match read(courier.request(grams).send().await?).await? {
            Reply::Price(cents) => return Ok(cents),
            Reply::Later(pause) => sleep(pause).await,
        }
    }
}
