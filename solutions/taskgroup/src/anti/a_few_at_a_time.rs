//! Ten at a time: the eleventh begins when one of the ten has ended.

use std::panic::AssertUnwindSafe;

use futures::{FutureExt, StreamExt, TryStreamExt, stream};

use crate::given::*;

/// Runs all `jobs`: the value of each, or the first failure.
pub async fn run_all<J, T, E>(jobs: Vec<J>) -> Result<Vec<T>, GroupError<E>>
where
    J: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    let group =
        jobs.into_iter().enumerate().map(|(position, job)| async move {
            Ok((position, caught(job).await?))
        });
    let mut done: Vec<_> =
        stream::iter(group).buffer_unordered(10).try_collect().await?;
    done.sort_unstable_by_key(|(position, _)| *position);
    Ok(done.into_iter().map(|(_, value)| value).collect())
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
