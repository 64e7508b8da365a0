//! Handles that are aborted and awaited on every way out but one: when this
//! future is dropped, none of that code runs.

use futures::{StreamExt, stream::FuturesUnordered};
use tokio::task::JoinHandle;

use crate::given::*;

/// Runs all `jobs`: the value of each, or the first failure.
pub async fn run_all<J, T, E>(jobs: Vec<J>) -> Result<Vec<T>, GroupError<E>>
where
    J: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    let mut tasks: FuturesUnordered<_> = jobs
        .into_iter()
        .enumerate()
        .map(|(position, job)| {
            tokio::spawn(async move { (position, job.await) })
        })
        .collect();
    let outcome = values(&mut tasks).await;
    for task in &tasks {
        task.abort();
    }
    while tasks.next().await.is_some() {}
    outcome
}

/// The values in the order of their places, or the failure that comes first.
async fn values<T, E>(
    tasks: &mut FuturesUnordered<JoinHandle<(usize, Result<T, E>)>>,
) -> Result<Vec<T>, GroupError<E>> {
    let mut done = Vec::new();
    while let Some(joined) = tasks.next().await {
        let (position, outcome) =
            joined.map_err(|error| GroupError::Panicked(error.into_panic()))?;
        done.push((position, outcome.map_err(GroupError::Failed)?));
    }
    done.sort_unstable_by_key(|(position, _)| *position);
    Ok(done.into_iter().map(|(_, value)| value).collect())
}
