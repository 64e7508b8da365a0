//! Each task is aborted and awaited, one after another. While one is still being
//! dropped, those that come after it go on.

use futures::future::select_all;
use tokio_util::task::AbortOnDropHandle;

use crate::given::*;

/// Runs all `jobs`: the value of each, or the first failure.
pub async fn run_all<J, T, E>(jobs: Vec<J>) -> Result<Vec<T>, GroupError<E>>
where
    J: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    let spawn = |(position, job): (usize, J)| {
        let job = async move { (position, job.await) };
        AbortOnDropHandle::new(tokio::spawn(job))
    };
    let mut tasks: Vec<_> = jobs.into_iter().enumerate().map(spawn).collect();
    let mut done = Vec::new();
    while !tasks.is_empty() {
        let (joined, _, others) = select_all(tasks).await;
        tasks = others;
        let failure = match joined {
            Ok((position, Ok(value))) => {
                done.push((position, value));
                continue;
            }
            Ok((_, Err(error))) => GroupError::Failed(error),
            Err(error) => GroupError::Panicked(error.into_panic()),
        };
        for task in tasks {
            task.abort();
            // Whatever it gives comes after the first failure.
            let _ = task.await;
        }
        return Err(failure);
    }
    done.sort_unstable_by_key(|(position, _)| *position);
    Ok(done.into_iter().map(|(_, value)| value).collect())
}
