//! Futures in a set that only `close` polls.

use std::{
    mem,
    num::NonZeroU16,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::{
    FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered,
};

use crate::given::*;

/// The jobs that a service runs in the background.
pub struct Background {
    jobs: Mutex<Option<FuturesUnordered<BoxFuture<'static, ()>>>>,
    report: Report,
}

impl Background {
    /// So many `places`, and failures go to `report`.
    pub fn new(places: NonZeroU16, report: Report) -> Self {
        let _ = places;
        Self { jobs: Mutex::new(Some(FuturesUnordered::new())), report }
    }

    /// Takes the job of an order. An error means that it was not taken.
    pub async fn start<J>(&self, order: u64, job: J) -> Result<(), Closed>
    where
        J: Future<Output = Result<(), MailError>> + Send + 'static,
    {
        let report = Arc::clone(&self.report);
        let job = async move {
            match AssertUnwindSafe(job).catch_unwind().await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => report(order, Failure::Failed(error)),
                Err(_) => report(order, Failure::Panicked),
            }
        };
        self.jobs().as_ref().ok_or(Closed)?.push(job.boxed());
        Ok(())
    }

    /// Takes no more jobs, and waits for those that were taken.
    pub async fn close(&self) {
        let jobs = mem::take(&mut *self.jobs());
        if let Some(jobs) = jobs {
            jobs.collect::<()>().await;
        }
    }

    fn jobs(
        &self,
    ) -> MutexGuard<'_, Option<FuturesUnordered<BoxFuture<'static, ()>>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
