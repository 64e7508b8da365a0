//! The set is shut down after an error, but a `?` on the `JoinError` leaves
//! past that line.

use std::collections::BTreeMap;

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
    let mut done = BTreeMap::new();
    while let Some(joined) = group.join_next().await {
        let (position, outcome) =
            joined.map_err(|error| GroupError::Panicked(error.into_panic()))?;
        match outcome {
            Ok(value) => drop(done.insert(position, value)),
            Err(error) => {
                group.shutdown().await;
                return Err(GroupError::Failed(error));
            }
        }
    }
    Ok(done.into_values().collect())
}
