//! One token for all calls on a thread: a failure stops the jobs of every call
//! that is under way.

use std::cell::RefCell;

use futures::{StreamExt, stream::FuturesUnordered};
use tokio::task::JoinHandle;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::given::*;

thread_local! {
    static STOP: RefCell<CancellationToken> = RefCell::default();
}

/// Runs all `jobs`: the value of each, or the first failure.
pub async fn run_all<J, T, E>(jobs: Vec<J>) -> Result<Vec<T>, GroupError<E>>
where
    J: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    // If this call is dropped, only its own jobs stop.
    let stop = STOP.with_borrow(CancellationToken::child_token);
    let stops_when_dropped = stop.clone().drop_guard();
    let tracker = TaskTracker::new();
    let spawn = |(position, job)| {
        let job = async move { (position, job.await) };
        tracker.spawn(stop.clone().run_until_cancelled_owned(job))
    };
    let tasks = jobs.into_iter().enumerate().map(spawn).collect();
    let outcome = values(tasks).await;
    if outcome.is_err() {
        STOP.take().cancel();
    }
    drop(stops_when_dropped);
    tracker.close();
    tracker.wait().await;
    outcome
}

type Task<T, E> = JoinHandle<Option<(usize, Result<T, E>)>>;

/// The values in the order of their positions, or the failure that comes first.
async fn values<T, E>(
    mut tasks: FuturesUnordered<Task<T, E>>,
) -> Result<Vec<T>, GroupError<E>> {
    let mut done = Vec::new();
    while let Some(joined) = tasks.next().await {
        let ended =
            joined.map_err(|error| GroupError::Panicked(error.into_panic()))?;
        // Not cancelled yet, each job has ended by itself.
        if let Some((position, outcome)) = ended {
            done.push((position, outcome.map_err(GroupError::Failed)?));
        }
    }
    done.sort_unstable_by_key(|(position, _)| *position);
    Ok(done.into_iter().map(|(_, value)| value).collect())
}
