//! Every job on a task of its own, and the handles awaited together: the first
//! failure drops the other handles, and their tasks go on.

use futures::future::try_join_all;

use crate::given::*;

/// Runs all `jobs`: the value of each, or the first failure.
pub async fn run_all<J, T, E>(jobs: Vec<J>) -> Result<Vec<T>, GroupError<E>>
where
    J: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    let handles: Vec<_> = jobs.into_iter().map(tokio::spawn).collect();
    try_join_all(handles.into_iter().map(|handle| async {
        match handle.await {
            Ok(outcome) => outcome.map_err(GroupError::Failed),
            Err(error) => Err(GroupError::Panicked(error.into_panic())),
        }
    }))
    .await
}
