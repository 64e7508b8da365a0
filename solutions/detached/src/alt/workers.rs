//! A bounded queue, and as many workers as there are places.

use std::{
    num::NonZeroU16,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
};

use futures::{FutureExt, future::BoxFuture};
use tokio::sync::{Mutex as AsyncMutex, mpsc, watch};

use crate::given::*;

type Job = (u64, BoxFuture<'static, Result<(), MailError>>);

/// The jobs that a service runs in the background.
pub struct Background {
    queue: Mutex<Option<mpsc::Sender<Job>>>,
    workers: watch::Sender<()>,
}

impl Background {
    /// So many `places`, and failures go to `report`.
    pub fn new(places: NonZeroU16, report: Report) -> Self {
        let (queue, jobs) = mpsc::channel(places.get().into());
        let (jobs, workers) =
            (Arc::new(AsyncMutex::new(jobs)), watch::Sender::new(()));
        for _ in 0..places.get() {
            let (jobs, report) = (Arc::clone(&jobs), Arc::clone(&report));
            let at_work = workers.subscribe();
            tokio::spawn(async move {
                work(&jobs, &report).await;
                drop(at_work);
            });
        }
        drop(report); // Each worker has its own.
        Self { queue: Mutex::new(Some(queue)), workers }
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
        // The queue ends when those that are sending have sent.
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.workers.closed().await;
    }
}

/// One worker: one job at a time, until the queue has ended.
async fn work(jobs: &AsyncMutex<mpsc::Receiver<Job>>, report: &Report) {
    loop {
        // In a statement of its own: the lock is not held while the job runs.
        let next = jobs.lock().await.recv().await;
        let Some((order, job)) = next else { return };
        match AssertUnwindSafe(job).catch_unwind().await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => report(order, Failure::Failed(error)),
            Err(_) => report(order, Failure::Panicked),
        }
    }
}
