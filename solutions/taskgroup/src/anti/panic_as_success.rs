//! Whatever is `Ok` is taken: a task that panicked has no value, and is not
//! missed.

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
    let outcome = values(&mut group).await;
    group.shutdown().await;
    outcome
}

/// The values in the order of their places, or the failure that comes first.
async fn values<T: 'static, E: 'static>(
    group: &mut JoinSet<(usize, Result<T, E>)>,
) -> Result<Vec<T>, GroupError<E>> {
    let mut done = Vec::new();
    while let Some(joined) = group.join_next().await {
        if let Ok((position, outcome)) = joined {
            done.push((position, outcome.map_err(GroupError::Failed)?));
        }
    }
    done.sort_unstable_by_key(|(position, _)| *position);
    Ok(done.into_iter().map(|(_, value)| value).collect())
}
