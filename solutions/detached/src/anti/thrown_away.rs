//! A token stops the worker, and what waits in its queue is dropped.

use std::{num::NonZeroU16, panic::AssertUnwindSafe, sync::Arc};

use futures::{
    FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered,
};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::given::*;

type Job = (u64, BoxFuture<'static, Result<(), MailError>>);

/// The jobs that a service runs in the background.
pub struct Background {
    queue: mpsc::Sender<Job>,
    stop: CancellationToken,
    worker: watch::Sender<()>,
}

impl Background {
    /// So many `places`, and failures go to `report`.
    pub fn new(places: NonZeroU16, report: Report) -> Self {
        let places = places.get().into();
        let (queue, mut jobs) = mpsc::channel(places);
        let (stop, worker) = (CancellationToken::new(), watch::Sender::new(()));
        let (stopped, at_work) = (stop.clone(), worker.subscribe());
        tokio::spawn(async move {
            let mut running = FuturesUnordered::new();
            while !stopped.is_cancelled() {
                tokio::select! {
                    () = stopped.cancelled() => {}
                    Some(()) = running.next() => {}
                    Some(job) = jobs.recv(), if running.len() < places => {
                        running.push(run(job, Arc::clone(&report)));
                    }
                }
            }
            while running.next().await.is_some() {}
            drop(at_work);
        });
        Self { queue, stop, worker }
    }

    /// Takes the job of an order. An error means that it was not taken.
    pub async fn start<J>(&self, order: u64, job: J) -> Result<(), Closed>
    where
        J: Future<Output = Result<(), MailError>> + Send + 'static,
    {
        if self.stop.is_cancelled() {
            return Err(Closed);
        }
        let job = job.boxed();
        self.queue.send((order, job)).await.map_err(|_| Closed)
    }

    /// Takes no more jobs, and waits for those that were taken.
    pub async fn close(&self) {
        self.stop.cancel();
        self.worker.closed().await;
    }
}

/// Runs one job, and reports how it failed.
async fn run((order, job): Job, report: Report) {
    match AssertUnwindSafe(job).catch_unwind().await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => report(order, Failure::Failed(error)),
        Err(_) => report(order, Failure::Panicked),
    }
}
