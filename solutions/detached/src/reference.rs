//! # detached, the reference
//!
//! A semaphore has the places, and a `TaskTracker` counts what is not over.
//! What a job holds of both is dropped when it ends, however it does.

use std::{num::NonZeroU16, panic::AssertUnwindSafe, sync::Arc};

use futures::FutureExt;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::given::*;

/// The jobs that a service runs in the background.
///
/// # If it is dropped
///
/// The jobs go on, and nothing can wait for them any more: `close` it first.
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
    ///
    /// # If it is dropped
    ///
    /// The job is dropped with it, and never runs. No place is lost.
    pub async fn start<J>(&self, order: u64, job: J) -> Result<(), Closed>
    where
        J: Future<Output = Result<(), MailError>> + Send + 'static,
    {
        // Before there is a place: `close` waits for those that wait here, too.
        let counted = self.jobs.token();
        let places = Arc::clone(&self.places);
        let place = places.acquire_owned().await.map_err(|_| Closed)?;
        let report = Arc::clone(&self.report);
        tokio::spawn(async move {
            // A panic would end the task, and nothing looks at its handle.
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
    ///
    /// # If it is dropped
    ///
    /// It stays closed, and the jobs go on. To wait for them, call it again.
    pub async fn close(&self) {
        self.places.close();
        self.jobs.close();
        self.jobs.wait().await;
    }
}
