//! The values in the order in which the tasks ended, which is that of the jobs
//! only as long as the first is the fastest.

use tokio::task::JoinSet;

use crate::given::*;

/// Runs all `jobs`: the value of each, or the first failure.
pub async fn run_all<J, T, E>(jobs: Vec<J>) -> Result<Vec<T>, GroupError<E>>
where
    J: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    let mut group: JoinSet<_> = jobs.into_iter().collect();
    let outcome = values(&mut group).await;
    group.shutdown().await;
    outcome
}

/// The values, or the failure that comes first.
async fn values<T: 'static, E: 'static>(
    group: &mut JoinSet<Result<T, E>>,
) -> Result<Vec<T>, GroupError<E>> {
    let mut values = Vec::new();
    while let Some(joined) = group.join_next().await {
        let outcome =
            joined.map_err(|error| GroupError::Panicked(error.into_panic()))?;
        values.push(outcome.map_err(GroupError::Failed)?);
    }
    Ok(values)
}
