//! `try_join_all` on the jobs as they are: a panic in one is a panic of this
//! function, and of whoever called it.

use futures::future::try_join_all;

use crate::given::*;

/// Runs all `jobs`: the value of each, or the first failure.
pub async fn run_all<J, T, E>(jobs: Vec<J>) -> Result<Vec<T>, GroupError<E>>
where
    J: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    try_join_all(jobs).await.map_err(GroupError::Failed)
}
