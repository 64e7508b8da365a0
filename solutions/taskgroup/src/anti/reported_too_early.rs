//! The value is sent while its task still holds the job, and only a failure
//! makes the call wait for the tasks.

use std::{panic::AssertUnwindSafe, pin::pin};

use futures::FutureExt;
use tokio::sync::mpsc;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::given::*;

/// Runs all `jobs`: the value of each, or the first failure.
pub async fn run_all<J, T, E>(jobs: Vec<J>) -> Result<Vec<T>, GroupError<E>>
where
    J: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    let stop = CancellationToken::new();
    let stops_when_dropped = stop.clone().drop_guard();
    let (tracker, count) = (TaskTracker::new(), jobs.len());
    let (report, reports) = mpsc::unbounded_channel();
    for (position, job) in jobs.into_iter().enumerate() {
        let job = reported(position, job, report.clone());
        tracker.spawn(stop.clone().run_until_cancelled_owned(job));
    }
    let outcome = values(count, reports).await;
    if outcome.is_err() {
        drop(stops_when_dropped);
        tracker.close();
        tracker.wait().await;
    }
    outcome
}

type Reported<T, E> = (usize, Result<T, GroupError<E>>);

/// Runs one job, and sends what becomes of it.
async fn reported<J, T, E>(
    position: usize,
    job: J,
    report: mpsc::UnboundedSender<Reported<T, E>>,
) where
    J: Future<Output = Result<T, E>>,
{
    let mut job = pin!(AssertUnwindSafe(job).catch_unwind());
    let outcome = match job.as_mut().await {
        Ok(outcome) => outcome.map_err(GroupError::Failed),
        Err(payload) => Err(GroupError::Panicked(payload)),
    };
    // Nothing receives it once another job has failed.
    let _ = report.send((position, outcome));
}

/// The values in the order of their places, or the failure that comes first.
async fn values<T, E>(
    count: usize,
    mut reports: mpsc::UnboundedReceiver<Reported<T, E>>,
) -> Result<Vec<T>, GroupError<E>> {
    let mut done = Vec::new();
    while done.len() < count
        && let Some((position, outcome)) = reports.recv().await
    {
        done.push((position, outcome?));
    }
    done.sort_unstable_by_key(|(position, _)| *position);
    Ok(done.into_iter().map(|(_, value)| value).collect())
}
