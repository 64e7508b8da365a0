//! # taskgroup, the reference
//!
//! A `JoinSet` owns the tasks, and one line stops what is left of them. Every
//! way out of the function passes that line. Dropping its future drops the set.

use tokio::task::JoinSet;

use crate::given::*;

/// Runs all `jobs` together: the value of each, or the first failure.
///
/// # If it is dropped
///
/// The set is dropped, which aborts the tasks and does not wait for them. The
/// runtime drops each of them soon after; one that is running, when it next
/// has to wait.
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
            joined.map_err(|error| GroupError::Panicked(error.into_panic()))?;
        done.push((position, outcome.map_err(GroupError::Failed)?));
    }
    done.sort_unstable_by_key(|(position, _)| *position);
    Ok(done.into_iter().map(|(_, value)| value).collect())
}
