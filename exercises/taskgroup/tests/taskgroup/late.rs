//! A job that fails when the others are already being stopped.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use futures::FutureExt;
use testkit::{Rendezvous, probe::comes_true};
use tokio::{task, time::sleep};
use tokio_util::sync::CancellationToken;

use super::jobs::{End, Job, called};

/// Three jobs on several threads: one waits, one fails, and one is busy on its
/// thread until the first is stopped, and then fails as well.
#[derive(Clone)]
pub struct Late {
    first: End,
    later: End,
    /// The task of the one that fails first.
    task: Arc<OnceLock<Option<task::Id>>>,
    is_busy: Rendezvous,
    /// Cancelled when the one that waits is dropped before its time.
    stopping: CancellationToken,
    failed_later: Rendezvous,
}

impl Late {
    pub fn of(first: End, later: End) -> Self {
        let (task, is_busy, stopping, failed_later) = Default::default();
        Self { first, later, task, is_busy, stopping, failed_later }
    }

    /// What the call returns, in words, if the busy job failed when the call had
    /// begun to stop the others. It is the first or the last in the list.
    pub async fn run(&self, busy_first: bool) -> Option<String> {
        let [waits, fails, busy] = [(); 3].map(|()| self.clone());
        let mut jobs: Vec<Job> =
            vec![waits.waits().boxed(), fails.fails().boxed()];
        jobs.insert(if busy_first { 0 } else { 2 }, busy.busy().boxed());
        let outcome = called(jobs).await;
        self.failed_later.wait(Duration::ZERO).then_some(outcome)
    }

    async fn waits(self) -> Result<u32, &'static str> {
        let stopped = self.stopping.drop_guard();
        sleep(Duration::from_millis(300)).await;
        stopped.disarm();
        Ok(1)
    }

    async fn fails(self) -> Result<u32, &'static str> {
        self.task.get_or_init(task::try_id);
        if task::try_id().is_some() {
            soon(|| self.is_busy.wait(Duration::ZERO)).await;
        }
        self.first.happens()
    }

    async fn busy(self) -> Result<u32, &'static str> {
        if task::try_id().is_some() {
            soon(|| self.task.get().is_some()).await;
        }
        self.is_busy.signal();
        // Where all jobs are in one task, this one cannot fail later.
        if self.task.get().is_none_or(|task| *task == task::try_id()) {
            return self.waits().await;
        }
        let is_stopping = || self.stopping.is_cancelled();
        if comes_true(Duration::from_millis(600), is_stopping) {
            self.failed_later.signal();
        }
        self.later.happens()
    }
}

/// Waits until that is so; not for ever, where one job waits for another.
async fn soon(is_so: impl Fn() -> bool) {
    for _ in 0..300 {
        if is_so() {
            return;
        }
        // A timer wakes a task on a thread that is free.
        sleep(Duration::from_millis(1)).await;
    }
}
