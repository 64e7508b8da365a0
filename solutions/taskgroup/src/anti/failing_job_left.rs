//! The task of the job that failed is forgotten: the others are stopped and
//! awaited, and it may still hold the job.

use std::{panic::AssertUnwindSafe, pin::pin};

use futures::{FutureExt, future::join_all};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use crate::given::*;

/// Runs all `jobs`: the value of each, or the first failure.
pub async fn run_all<J, T, E>(jobs: Vec<J>) -> Result<Vec<T>, GroupError<E>>
where
    J: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    let (report, mut reports) = mpsc::unbounded_channel();
    let spawn = |(position, job)| {
        let job = reported(position, job, report.clone());
        AbortOnDropHandle::new(tokio::spawn(job))
    };
    let mut tasks: Vec<_> = jobs.into_iter().enumerate().map(spawn).collect();
    let mut done = Vec::new();
    while done.len() < tasks.len()
        && let Some((position, outcome)) = reports.recv().await
    {
        match outcome {
            Ok(value) => done.push((position, value)),
            Err(failure) => {
                // It has ended.
                drop(tasks.remove(position));
                tasks.iter().for_each(AbortOnDropHandle::abort);
                join_all(tasks).await;
                return Err(failure);
            }
        }
    }
    join_all(tasks).await;
    done.sort_unstable_by_key(|(position, _)| *position);
    Ok(done.into_iter().map(|(_, value)| value).collect())
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
