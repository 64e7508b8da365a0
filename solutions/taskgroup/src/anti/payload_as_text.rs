//! A panic's text is copied into a `String`: whoever passes the panic on, or asks
//! for a `&str`, gets another payload than the job had.

use tokio::task::{JoinError, JoinSet};

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
    let outcome = values(&mut group).await;
    group.shutdown().await;
    outcome
}

/// The values in the order of their positions, or the failure that comes first.
async fn values<T: 'static, E: 'static>(
    group: &mut JoinSet<(usize, Result<T, E>)>,
) -> Result<Vec<T>, GroupError<E>> {
    let mut done = Vec::new();
    while let Some(joined) = group.join_next().await {
        let (position, outcome) = joined.map_err(panicked)?;
        done.push((position, outcome.map_err(GroupError::Failed)?));
    }
    done.sort_unstable_by_key(|(position, _)| *position);
    Ok(done.into_iter().map(|(_, value)| value).collect())
}

/// What a task panicked with.
fn panicked<E>(error: JoinError) -> GroupError<E> {
    match error.into_panic().downcast::<&str>() {
        Ok(text) => GroupError::Panicked(Box::new((*text).to_owned())),
        Err(payload) => GroupError::Panicked(payload),
    }
}
