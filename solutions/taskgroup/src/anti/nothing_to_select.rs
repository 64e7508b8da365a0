//! `select_all` for the next job that ends: without any job it panics.

use std::panic::AssertUnwindSafe;

use futures::{FutureExt, future::select_all};

use crate::given::*;

/// Runs all `jobs`: the value of each, or the first failure.
pub async fn run_all<J, T, E>(jobs: Vec<J>) -> Result<Vec<T>, GroupError<E>>
where
    J: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    let group = jobs.into_iter().map(caught).enumerate();
    let placed = |(position, job)| async move { (position, job.await) };
    let mut running: Vec<_> = group.map(placed).map(Box::pin).collect();
    let mut done = Vec::new();
    loop {
        let ((position, outcome), _, others) = select_all(running).await;
        done.push((position, outcome?));
        running = others;
        if running.is_empty() {
            break;
        }
    }
    done.sort_unstable_by_key(|(position, _)| *position);
    Ok(done.into_iter().map(|(_, value)| value).collect())
}

/// Runs one job; a panic is a failure like any other.
async fn caught<J, T, E>(job: J) -> Result<T, GroupError<E>>
where
    J: Future<Output = Result<T, E>>,
{
    match AssertUnwindSafe(job).catch_unwind().await {
        Ok(outcome) => outcome.map_err(GroupError::Failed),
        Err(payload) => Err(GroupError::Panicked(payload)),
    }
}
