//! A ticket for each caller: one that goes away takes its ticket along.

use std::{
    num::NonZeroU16,
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use futures::FutureExt;
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

use crate::given::*;

/// The jobs that a service runs in the background.
pub struct Background {
    places: u64,
    tickets: AtomicU64,
    over: Arc<watch::Sender<u64>>,
    closed: AtomicBool,
    jobs: TaskTracker,
    report: Report,
}

impl Background {
    /// So many `places`, and failures go to `report`.
    pub fn new(places: NonZeroU16, report: Report) -> Self {
        Self {
            places: places.get().into(),
            tickets: AtomicU64::new(0),
            over: Arc::new(watch::Sender::new(0)),
            closed: AtomicBool::new(false),
            jobs: TaskTracker::new(),
            report,
        }
    }

    /// Takes the job of an order. An error means that it was not taken.
    pub async fn start<J>(&self, order: u64, job: J) -> Result<(), Closed>
    where
        J: Future<Output = Result<(), MailError>> + Send + 'static,
    {
        let counted = self.jobs.token();
        let ticket = self.tickets.fetch_add(1, Ordering::SeqCst);
        let mut turns = self.over.subscribe();
        let its_turn = |over: &u64| ticket < over + self.places;
        turns.wait_for(its_turn).await.map_err(|_| Closed)?;
        if self.closed.load(Ordering::SeqCst) {
            return Err(Closed);
        }
        let (over, report) = (Arc::clone(&self.over), Arc::clone(&self.report));
        tokio::spawn(async move {
            match AssertUnwindSafe(job).catch_unwind().await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => report(order, Failure::Failed(error)),
                Err(_) => report(order, Failure::Panicked),
            }
            over.send_modify(|over| *over += 1);
            drop(counted);
        });
        Ok(())
    }

    /// Takes no more jobs, and waits for those that were taken.
    pub async fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        // Those who wait for a turn get it, and see that it is too late.
        self.over.send_modify(|over| *over += u64::from(u32::MAX));
        self.jobs.close();
        self.jobs.wait().await;
    }
}
