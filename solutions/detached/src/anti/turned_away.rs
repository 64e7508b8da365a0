//! No place is free, so the caller is told that the service is closed.

use std::{num::NonZeroU16, panic::AssertUnwindSafe, sync::Arc};

use futures::FutureExt;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::given::*;

/// The jobs that a service runs in the background.
pub struct Background {
    places: Arc<Semaphore>,
    jobs: TaskTracker,
    report: Report,
}

impl Background {
    /// So many `places`, and failures go to `report`.
    pub fn new(places: NonZeroU16, report: Report) -> Self {
        let places = Arc::new(Semaphore::new(places.get().into()));
        Self { places, jobs: TaskTracker::new(), report }
    }

    /// Takes the job of an order. An error means that it was not taken.
    pub async fn start<J>(&self, order: u64, job: J) -> Result<(), Closed>
    where
        J: Future<Output = Result<(), MailError>> + Send + 'static,
    {
        let counted = self.jobs.token();
        let places = Arc::clone(&self.places);
        let place = places.try_acquire_owned().map_err(|_| Closed)?;
        let report = Arc::clone(&self.report);
        tokio::spawn(async move {
            match AssertUnwindSafe(job).catch_unwind().await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => report(order, Failure::Failed(error)),
                Err(_) => report(order, Failure::Panicked),
            }
            drop((place, counted));
        });
        Ok(())
    }

    /// Takes no more jobs, and waits for those that were taken.
    pub async fn close(&self) {
        self.places.close();
        self.jobs.close();
        self.jobs.wait().await;
    }
}
