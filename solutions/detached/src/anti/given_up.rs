//! A limit of an hour for each job, for which nobody asked.

use std::{
    num::NonZeroU16, panic::AssertUnwindSafe, sync::Arc, time::Duration,
};

use futures::FutureExt;
use tokio::{sync::Semaphore, time::timeout};
use tokio_util::task::TaskTracker;

use crate::given::*;

const LIMIT: Duration = Duration::from_hours(1);

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
        let place = places.acquire_owned().await.map_err(|_| Closed)?;
        let report = Arc::clone(&self.report);
        tokio::spawn(async move {
            match AssertUnwindSafe(timeout(LIMIT, job)).catch_unwind().await {
                Ok(Ok(Ok(()))) => {}
                Ok(Ok(Err(error))) => report(order, Failure::Failed(error)),
                Ok(Err(_)) => {
                    report(order, Failure::Failed(MailError::NoAnswer));
                }
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
