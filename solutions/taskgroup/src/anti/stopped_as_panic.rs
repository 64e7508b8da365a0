//! The outcomes are looked at when all tasks are over. A task that was aborted
//! gives a `JoinError` as well, and is taken for one that panicked.

use std::collections::HashMap;

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
    let ids: Vec<_> =
        jobs.into_iter().map(|job| group.spawn(job).id()).collect();
    let mut ended = HashMap::new();
    while let Some(joined) = group.join_next_with_id().await {
        let (id, outcome) = match joined {
            Ok((id, outcome)) => (id, outcome.map_err(GroupError::Failed)),
            Err(error) => (error.id(), Err(panicked(error))),
        };
        if outcome.is_err() {
            group.abort_all();
        }
        ended.insert(id, outcome);
    }
    ids.iter().filter_map(|id| ended.remove(id)).collect()
}

/// Why a task gave nothing.
fn panicked<E>(error: JoinError) -> GroupError<E> {
    let payload = error.try_into_panic();
    GroupError::Panicked(payload.unwrap_or_else(|error| Box::new(error)))
}
