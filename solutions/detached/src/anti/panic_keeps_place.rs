//! A place given back by hand, on every way but one.

use std::{num::NonZeroU16, sync::Arc};

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
        self.places.acquire().await.map_err(|_| Closed)?.forget();
        let (places, report) =
            (Arc::clone(&self.places), Arc::clone(&self.report));
        let job = tokio::spawn(job);
        tokio::spawn(async move {
            match job.await {
                Ok(outcome) => {
                    if let Err(error) = outcome {
                        report(order, Failure::Failed(error));
                    }
                    places.add_permits(1);
                }
                Err(_) => report(order, Failure::Panicked),
            }
            drop(counted);
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
