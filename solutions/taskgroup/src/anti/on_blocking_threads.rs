//! Each job has a thread of the blocking pool, which `abort` does not stop: the
//! other jobs go on to their ends.

use tokio::{runtime::Handle, task::JoinSet};

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
        let runtime = Handle::current();
        group.spawn_blocking(move || (position, runtime.block_on(job)));
    }
    let outcome = values(&mut group).await;
    group.shutdown().await;
    outcome
}

/// The values in the order of their positions, or the failure that comes first.
async fn values<T: 'static, E: 'static>(
    group: &mut JoinSet<(usize, Result<T, E>)>,
) -> Result<Vec<T>, GroupError<E>> {
    let mut done = Vec::new();
    while let Some(joined) = group.join_next().await {
        let (position, outcome) =
            joined.map_err(|error| GroupError::Panicked(error.into_panic()))?;
        done.push((position, outcome.map_err(GroupError::Failed)?));
    }
    done.sort_unstable_by_key(|(position, _)| *position);
    Ok(done.into_iter().map(|(_, value)| value).collect())
}
