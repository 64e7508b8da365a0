//! A `JoinSet` that is dropped on the first failure: the tasks have been asked
//! to stop, and are still there when the caller goes on.

use tokio::task::JoinSet;

use crate::given::*;

/// Runs all `jobs`: the value of each, or the first failure.
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
    let mut done = Vec::new();
    while let Some(joined) = group.join_next().await {
        let (position, outcome) =
            joined.map_err(|error| GroupError::Panicked(error.into_panic()))?;
        done.push((position, outcome.map_err(GroupError::Failed)?));
    }
    done.sort_unstable_by_key(|(position, _)| *position);
    Ok(done.into_iter().map(|(_, value)| value).collect())
}
