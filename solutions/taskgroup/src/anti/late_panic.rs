//! A panic of a job that is being stopped becomes the panic of the call.

use std::panic::resume_unwind;

use tokio::task::JoinSet;

use crate::given::*;

/// Runs all `jobs` together: the value of each, or the first failure.
pub async fn run_all<J, T, E>(jobs: Vec<J>) -> Result<Vec<T>, GroupError<E>>
where
    J: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    let mut group = JoinSet::new();
    for (position, job) in jobs.into_iter().enumerate() {
        group.spawn(async move { (position, job.await) });
    }
    let outcome = values(&mut group).await;
    group.abort_all();
    while let Some(joined) = group.join_next().await {
        if let Err(error) = joined
            && error.is_panic()
        {
            resume_unwind(error.into_panic());
        }
    }
    outcome
}

/// The values in the order of their positions, or the failure that comes first.
async fn values<T: 'static, E: 'static>(
    group: &mut JoinSet<(usize, Result<T, E>)>,
) -> Result<Vec<T>, GroupError<E>> {
    let mut done = Vec::new();
    while let Some(joined) = group.join_next().await {
        // No task has been aborted yet, so a `JoinError` is a panic.
        let (position, outcome) =
            joined.map_err(|error| GroupError::Panicked(error.into_panic()))?;
        done.push((position, outcome.map_err(GroupError::Failed)?));
    }
    done.sort_unstable_by_key(|(position, _)| *position);
    Ok(done.into_iter().map(|(_, value)| value).collect())
}
