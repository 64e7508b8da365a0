//! Every job on a task of its own, and the handles awaited together: the first
//! failure drops the other handles, and their tasks go on.

use futures::future::try_join_all;

/// Why a group has no values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GroupError<E> {
    /// A job returned this error.
    #[error("a job failed: {0}")]
    Failed(E),
    /// A job panicked.
    #[error("a job panicked")]
    Panicked,
}

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
            Err(_panic) => Err(GroupError::Panicked),
        }
    }))
    .await
}
