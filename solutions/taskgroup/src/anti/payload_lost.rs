//! A panic is reported, without what the job panicked with: the payload is a
//! boxed `JoinError`.

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
    // Dropping the set would only ask the tasks to stop. This waits for them.
    group.shutdown().await;
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
            joined.map_err(|error| GroupError::Panicked(Box::new(error)))?;
        done.push((position, outcome.map_err(GroupError::Failed)?));
    }
    done.sort_unstable_by_key(|(position, _)| *position);
    Ok(done.into_iter().map(|(_, value)| value).collect())
}
