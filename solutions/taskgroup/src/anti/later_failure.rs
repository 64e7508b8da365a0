//! Every failure is written down, also those that come while the others are
//! being stopped: the last one stays.

use tokio::task::JoinSet;

use crate::given::*;

/// Runs all `jobs`: the value of each, or the first failure.
pub async fn run_all<J, T, E>(jobs: Vec<J>) -> Result<Vec<T>, GroupError<E>>
where
    J: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    let mut group = JoinSet::new();
    for (position, job) in jobs.into_iter().enumerate() {
        group.spawn(async move { (position, job.await) });
    }
    values(&mut group).await
}

/// The values in the order of their places, or a failure, when no job is left.
async fn values<T: 'static, E: 'static>(
    group: &mut JoinSet<(usize, Result<T, E>)>,
) -> Result<Vec<T>, GroupError<E>> {
    let (mut done, mut failure) = (Vec::new(), None);
    while let Some(joined) = group.join_next().await {
        match joined {
            Ok((position, Ok(value))) => done.push((position, value)),
            Ok((_, Err(error))) => failure = Some(GroupError::Failed(error)),
            Err(error) => {
                // Nothing else but a panic counts.
                if let Ok(payload) = error.try_into_panic() {
                    failure = Some(GroupError::Panicked(payload));
                }
            }
        }
        if failure.is_some() {
            group.abort_all();
        }
    }
    done.sort_unstable_by_key(|(position, _)| *position);
    let values = done.into_iter().map(|(_, value)| value).collect();
    failure.map_or(Ok(values), Err)
}
