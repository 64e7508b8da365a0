//! `?` on what `join_next` gives looks at the task, not at the job: the job's
//! own error is in the inner result, and is thrown away with it.

use tokio::task::{JoinError, JoinSet};

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
    outcome.map_err(|error| GroupError::Panicked(error.into_panic()))
}

/// The values in the order of their places.
async fn values<T: 'static, E: 'static>(
    group: &mut JoinSet<(usize, Result<T, E>)>,
) -> Result<Vec<T>, JoinError> {
    let mut done = Vec::new();
    while let Some(joined) = group.join_next().await {
        let (position, outcome) = joined?;
        done.extend(outcome.map(|value| (position, value)));
    }
    done.sort_unstable_by_key(|(position, _)| *position);
    Ok(done.into_iter().map(|(_, value)| value).collect())
}
