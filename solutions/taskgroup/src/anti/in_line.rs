//! The handles are awaited in the order of the jobs: a failure is seen when it
//! is its turn.

use std::collections::VecDeque;

use futures::future::join_all;
use tokio_util::task::AbortOnDropHandle;

use crate::given::*;

/// Runs all `jobs`: the value of each, or the first failure.
pub async fn run_all<J, T, E>(jobs: Vec<J>) -> Result<Vec<T>, GroupError<E>>
where
    J: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    let mut tasks: VecDeque<_> = jobs
        .into_iter()
        .map(|job| AbortOnDropHandle::new(tokio::spawn(job)))
        .collect();
    let outcome = values(&mut tasks).await;
    for task in &tasks {
        task.abort();
    }
    join_all(tasks).await;
    outcome
}

/// The values, or the first failure.
async fn values<T, E>(
    tasks: &mut VecDeque<AbortOnDropHandle<Result<T, E>>>,
) -> Result<Vec<T>, GroupError<E>> {
    let mut values = Vec::new();
    while let Some(task) = tasks.pop_front() {
        let outcome = task
            .await
            .map_err(|error| GroupError::Panicked(error.into_panic()))?;
        values.push(outcome.map_err(GroupError::Failed)?);
    }
    Ok(values)
}
