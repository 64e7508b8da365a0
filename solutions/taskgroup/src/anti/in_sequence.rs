//! One job after another: nothing to stop, and nothing done together.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;

use crate::given::*;

/// Runs all `jobs`: the value of each, or the first failure.
pub async fn run_all<J, T, E>(jobs: Vec<J>) -> Result<Vec<T>, GroupError<E>>
where
    J: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    let mut values = Vec::new();
    for job in jobs {
        values.push(caught(job).await?);
    }
    Ok(values)
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
