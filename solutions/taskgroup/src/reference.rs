//! # taskgroup, the reference
//!
//! A `JoinSet` owns the tasks, and one line stops what is left of them. Every
//! way out of the function leads past that line. Dropping its future drops the
//! set.

use tokio::task::JoinSet;

use crate::given::*;

/// Runs all `jobs` together: the value of each, or the first failure.
///
/// # If it is dropped
///
/// Dropping the future drops the set, which aborts the tasks and does not wait
/// for them. The runtime drops each of them soon after: a task that is running,
/// when it next has to wait.
pub async fn run_all<J, T, E>(jobs: Vec<J>) -> Result<Vec<T>, GroupError<E>>
where
    J: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    let mut group = JoinSet::new();
    for (place, job) in jobs.into_iter().enumerate() {
        group.spawn(async move { (place, job.await) });
    }
    let outcome = values(&mut group).await;
    // Dropping the set would only ask the tasks to stop. This waits for them.
    group.shutdown().await;
    outcome
}

/// The values in the order of their places, or the failure that comes first.
async fn values<T: 'static, E: 'static>(
    group: &mut JoinSet<(usize, Result<T, E>)>,
) -> Result<Vec<T>, GroupError<E>> {
    let mut done = Vec::new();
    while let Some(joined) = group.join_next().await {
        // No task has been aborted yet, so a `JoinError` is a panic.
        let (place, outcome) = joined.map_err(|_| GroupError::Panicked)?;
        done.push((place, outcome.map_err(GroupError::Failed)?));
    }
    done.sort_unstable_by_key(|(place, _)| *place);
    Ok(done.into_iter().map(|(_, value)| value).collect())
}
