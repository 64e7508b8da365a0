//! `try_join_all` on the jobs as they are: a panic in one is a panic of this
//! function, and of whoever called it.

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
    try_join_all(jobs).await.map_err(GroupError::Failed)
}
