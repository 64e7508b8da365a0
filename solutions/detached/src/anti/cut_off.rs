//! A `JoinSet` shut down at the end: what it runs is dropped.

use std::{
    mem,
    num::NonZeroU16,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::FutureExt;
use tokio::{sync::Semaphore, task::JoinSet};

use crate::given::*;

/// The jobs that a service runs in the background.
pub struct Background {
    places: Arc<Semaphore>,
    tasks: Mutex<JoinSet<()>>,
    report: Report,
}

impl Background {
    /// So many `places`, and failures go to `report`.
    pub fn new(places: NonZeroU16, report: Report) -> Self {
        let places = Arc::new(Semaphore::new(places.get().into()));
        Self { places, tasks: Mutex::default(), report }
    }

    /// Takes the job of an order. An error means that it was not taken.
    pub async fn start<J>(&self, order: u64, job: J) -> Result<(), Closed>
    where
        J: Future<Output = Result<(), MailError>> + Send + 'static,
    {
        let places = Arc::clone(&self.places);
        let place = places.acquire_owned().await.map_err(|_| Closed)?;
        let report = Arc::clone(&self.report);
        let mut tasks = self.tasks();
        // Nothing is kept of those that are over.
        while tasks.try_join_next().is_some() {}
        tasks.spawn(async move {
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
        self.places.close();
        let mut tasks = mem::take(&mut *self.tasks());
        tasks.shutdown().await;
    }

    fn tasks(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
