//! The semaphore alone: who holds all the places knows that no job is running.

use std::{num::NonZeroU16, panic::AssertUnwindSafe, sync::Arc};

use futures::FutureExt;
use tokio::sync::Semaphore;

use crate::given::*;

/// The jobs that a service runs in the background.
pub struct Background {
    places: Arc<Semaphore>,
    all: u32,
    report: Report,
}

impl Background {
    /// So many `places`, and failures go to `report`.
    pub fn new(places: NonZeroU16, report: Report) -> Self {
        let all = places.get();
        let places = Arc::new(Semaphore::new(all.into()));
        Self { places, all: all.into(), report }
    }

    /// Takes the job of an order. An error means that it was not taken.
    pub async fn start<J>(&self, order: u64, job: J) -> Result<(), Closed>
    where
        J: Future<Output = Result<(), MailError>> + Send + 'static,
    {
        let places = Arc::clone(&self.places);
        let place = places.acquire_owned().await.map_err(|_| Closed)?;
        let report = Arc::clone(&self.report);
        tokio::spawn(async move {
            match AssertUnwindSafe(job).catch_unwind().await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => report(order, Failure::Failed(error)),
                Err(_) => report(order, Failure::Panicked),
            }
            drop(place);
        });
        Ok(())
    }

    /// Takes no more jobs, and waits for those that were taken.
    pub async fn close(&self) {
        // The semaphore is fair: whoever asks later waits behind this.
        let all = self.places.acquire_many(self.all).await;
        self.places.close();
        drop(all);
    }
}
