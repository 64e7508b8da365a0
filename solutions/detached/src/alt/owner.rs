//! A `JoinSet` in a task that owns it: it starts the jobs, and joins each.

use std::{
    collections::HashMap,
    num::NonZeroU16,
    sync::{Mutex, PoisonError},
};

use futures::{FutureExt, future::BoxFuture};
use tokio::{
    sync::{mpsc, watch},
    task::{Id, JoinError, JoinSet},
};

use crate::given::*;

type Outcome = Result<(), MailError>;
type Job = (u64, BoxFuture<'static, Outcome>);

/// The jobs that a service runs in the background.
pub struct Background {
    queue: Mutex<Option<mpsc::Sender<Job>>>,
    owner: watch::Sender<()>,
}

impl Background {
    /// So many `places`, and failures go to `report`.
    pub fn new(places: NonZeroU16, report: Report) -> Self {
        // One waits in the queue, the others wait in `start`.
        let (queue, jobs) = mpsc::channel(1);
        let owner = watch::Sender::new(());
        let at_work = owner.subscribe();
        tokio::spawn(async move {
            own(jobs, places.get().into(), report).await;
            drop(at_work);
        });
        Self { queue: Mutex::new(Some(queue)), owner }
    }

    /// Takes the job of an order. An error means that it was not taken.
    pub async fn start<J>(&self, order: u64, job: J) -> Result<(), Closed>
    where
        J: Future<Output = Outcome> + Send + 'static,
    {
        let queue =
            self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let job = job.boxed();
        queue.ok_or(Closed)?.send((order, job)).await.map_err(|_| Closed)
    }

    /// Takes no more jobs, and waits for those that were taken.
    pub async fn close(&self) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.owner.closed().await;
    }
}

/// Starts jobs while there are places, and joins each as it ends.
async fn own(mut queue: mpsc::Receiver<Job>, places: usize, report: Report) {
    let (mut jobs, mut orders) = (JoinSet::new(), HashMap::new());
    loop {
        tokio::select! {
            Some(joined) = jobs.join_next_with_id() => {
                over(joined, &mut orders, &report);
            }
            next = queue.recv(), if jobs.len() < places => {
                let Some((order, job)) = next else { break };
                orders.insert(jobs.spawn(job).id(), order);
            }
        }
    }
    while let Some(joined) = jobs.join_next_with_id().await {
        over(joined, &mut orders, &report);
    }
}

/// Reports how a job ended, unless it ended well.
fn over(
    joined: Result<(Id, Outcome), JoinError>,
    orders: &mut HashMap<Id, u64>,
    report: &Report,
) {
    let (task, failure) = match joined {
        Ok((task, outcome)) => (task, outcome.err().map(Failure::Failed)),
        Err(error) => (error.id(), Some(Failure::Panicked)),
    };
    if let (Some(order), Some(failure)) = (orders.remove(&task), failure) {
        report(order, failure);
    }
}
