//! A queue, and one worker.

use std::{
    num::NonZeroU16,
    panic::AssertUnwindSafe,
    sync::{Mutex, PoisonError},
};

use futures::{FutureExt, future::BoxFuture};
use tokio::sync::{mpsc, watch};

use crate::given::*;

type Job = (u64, BoxFuture<'static, Result<(), MailError>>);

/// The jobs that a service runs in the background.
pub struct Background {
    queue: Mutex<Option<mpsc::Sender<Job>>>,
    worker: watch::Sender<()>,
}

impl Background {
    /// So many `places`, and failures go to `report`.
    pub fn new(places: NonZeroU16, report: Report) -> Self {
        let (queue, mut jobs) = mpsc::channel(places.get().into());
        let worker = watch::Sender::new(());
        let at_work = worker.subscribe();
        tokio::spawn(async move {
            while let Some(job) = jobs.recv().await {
                run(job, &report).await;
            }
            drop(at_work);
        });
        Self { queue: Mutex::new(Some(queue)), worker }
    }

    /// Takes the job of an order. An error means that it was not taken.
    pub async fn start<J>(&self, order: u64, job: J) -> Result<(), Closed>
    where
        J: Future<Output = Result<(), MailError>> + Send + 'static,
    {
        let queue =
            self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let job = job.boxed();
        queue.ok_or(Closed)?.send((order, job)).await.map_err(|_| Closed)
    }

    /// Takes no more jobs, and waits for those that were taken.
    pub async fn close(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.worker.closed().await;
    }
}

/// Runs one job, and reports how it failed.
async fn run((order, job): Job, report: &Report) {
    match AssertUnwindSafe(job).catch_unwind().await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => report(order, Failure::Failed(error)),
        Err(_) => report(order, Failure::Panicked),
    }
}
