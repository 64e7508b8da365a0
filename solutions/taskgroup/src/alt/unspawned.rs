//! `try_join_all`: the jobs are part of this future, so they go when it goes.
//! It reports the first failure at once up to thirty jobs, which is what is
//! asked for.

use std::panic::AssertUnwindSafe;

use futures::{FutureExt, future::try_join_all};

use crate::given::*;

/// Runs all `jobs` together: the value of each, or the first failure.
pub async fn run_all<J, T, E>(jobs: Vec<J>) -> Result<Vec<T>, GroupError<E>>
where
    J: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    try_join_all(jobs.into_iter().map(caught)).await
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
