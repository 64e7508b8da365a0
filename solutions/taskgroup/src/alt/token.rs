//! A `CancellationToken` tells the tasks to stop, and a `TaskTracker` says when
//! the last of them has.

use tokio::sync::mpsc;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::given::*;

/// Runs all `jobs` together: the value of each, or the first failure.
pub async fn run_all<J, T, E>(jobs: Vec<J>) -> Result<Vec<T>, GroupError<E>>
where
    J: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    let stop = CancellationToken::new();
    let stops_when_dropped = stop.clone().drop_guard();
    let tracker = TaskTracker::new();
    let (report, reports) = mpsc::unbounded_channel();
    for (place, job) in jobs.into_iter().enumerate() {
        let job = Report::new(place, &report).on(job);
        tracker.spawn(stop.clone().run_until_cancelled_owned(job));
    }
    drop(report);
    let outcome = values(reports).await;
    drop(stops_when_dropped);
    tracker.close();
    tracker.wait().await;
    outcome
}

/// What became of the job at `place`, sent when it is dropped: a job that ends
/// without an outcome has panicked.
struct Report<T, E> {
    place: usize,
    outcome: Option<Result<T, E>>,
    to: Reports<T, E>,
}

type Reports<T, E> = mpsc::UnboundedSender<(usize, Result<T, GroupError<E>>)>;

impl<T, E> Report<T, E> {
    fn new(place: usize, to: &Reports<T, E>) -> Self {
        Self { place, outcome: None, to: to.clone() }
    }

    async fn on(mut self, job: impl Future<Output = Result<T, E>>) {
        self.outcome = Some(job.await);
    }
}

impl<T, E> Drop for Report<T, E> {
    fn drop(&mut self) {
        let outcome = match self.outcome.take() {
            Some(outcome) => outcome.map_err(GroupError::Failed),
            None => Err(GroupError::Panicked),
        };
        // Nothing receives it once another job has failed.
        let _ = self.to.send((self.place, outcome));
    }
}

/// The values in the order of their places, or the failure that comes first.
async fn values<T, E>(
    mut reports: mpsc::UnboundedReceiver<(usize, Result<T, GroupError<E>>)>,
) -> Result<Vec<T>, GroupError<E>> {
    let mut done = Vec::new();
    while let Some((place, outcome)) = reports.recv().await {
        done.push((place, outcome?));
    }
    done.sort_unstable_by_key(|(place, _)| *place);
    Ok(done.into_iter().map(|(_, value)| value).collect())
}
