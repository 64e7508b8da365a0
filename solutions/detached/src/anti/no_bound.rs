//! A `TaskTracker` alone: it counts the jobs, and limits nothing.

use std::{num::NonZeroU16, panic::AssertUnwindSafe, sync::Arc};

use futures::FutureExt;
use tokio_util::task::TaskTracker;

use crate::given::*;

/// The jobs that a service runs in the background.
pub struct Background {
    jobs: TaskTracker,
    report: Report,
}

impl Background {
    /// So many `places`, and failures go to `report`.
    pub fn new(places: NonZeroU16, report: Report) -> Self {
        let _ = places;
        Self { jobs: TaskTracker::new(), report }
    }

    /// Takes the job of an order. An error means that it was not taken.
    pub async fn start<J>(&self, order: u64, job: J) -> Result<(), Closed>
    where
        J: Future<Output = Result<(), MailError>> + Send + 'static,
    {
        if self.jobs.is_closed() {
            return Err(Closed);
        }
        let report = Arc::clone(&self.report);
        self.jobs.spawn(async move {
            match AssertUnwindSafe(job).catch_unwind().await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => report(order, Failure::Failed(error)),
                Err(_) => report(order, Failure::Panicked),
            }
        });
        Ok(())
    }

    /// Takes no more jobs, and waits for those that were taken.
    pub async fn close(&self) {
        self.jobs.close();
        self.jobs.wait().await;
    }
}
