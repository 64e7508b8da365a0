//! `FuturesUnordered`: nothing is spawned either, and a failure is seen at once
//! however many jobs there are.

use std::panic::AssertUnwindSafe;

use futures::{FutureExt, TryStreamExt, stream::FuturesUnordered};

use crate::given::*;

/// Runs all `jobs` together: the value of each, or the first failure.
pub async fn run_all<J, T, E>(jobs: Vec<J>) -> Result<Vec<T>, GroupError<E>>
where
    J: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    let group: FuturesUnordered<_> = jobs
        .into_iter()
        .enumerate()
        .map(
            |(position, job)| async move { Ok((position, caught(job).await?)) },
        )
        .collect();
    let mut done: Vec<_> = group.try_collect().await?;
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
