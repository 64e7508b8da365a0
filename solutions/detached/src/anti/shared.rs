//! Places of the whole process.

use std::{
    cell::OnceCell, num::NonZeroU16, panic::AssertUnwindSafe, sync::Arc,
};

use futures::FutureExt;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::given::*;

thread_local! {
    /// On each thread of a server.
    static PLACES: OnceCell<Arc<Semaphore>> = const { OnceCell::new() };
}

/// The jobs that a service runs in the background.
pub struct Background {
    places: Arc<Semaphore>,
    jobs: TaskTracker,
    report: Report,
}

impl Background {
    /// So many `places`, and failures go to `report`.
    pub fn new(places: NonZeroU16, report: Report) -> Self {
        let all = || Arc::new(Semaphore::new(places.get().into()));
        let places = PLACES.with(|shared| Arc::clone(shared.get_or_init(all)));
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
        if self.jobs.is_closed() {
            return Err(Closed);
        }
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
        self.jobs.close();
        self.jobs.wait().await;
    }
}
