//! What the exercise gives you: types and functions that are ready to use.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::{runtime::Handle, task::JoinHandle};
use tokio_util::task::TaskTracker;

/// One of the seats that a licence allows. Its number is given out again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat(pub u32);

/// Why the licence server did not do as it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LicenceError {
    /// Every seat is taken.
    #[error("no seat is free")]
    NoneFree,
    /// The connection broke off.
    #[error("the licence server hung up")]
    HungUp,
}

/// The licence server.
pub trait Licences: Clone + Send + Sync + 'static {
    /// Takes a seat. Dropping the future takes the request back: no seat is
    /// taken.
    fn acquire(
        &self,
    ) -> impl Future<Output = Result<Seat, LicenceError>> + Send;

    /// Gives a seat back; the number may go to somebody else at once. Dropped
    /// half way, it leaves the seat taken for ever.
    fn release(
        &self,
        seat: Seat,
    ) -> impl Future<Output = Result<(), LicenceError>> + Send;
}

/// Why `with_seat` has no result of the work to return.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SeatError<E> {
    /// The licence server gave no seat.
    #[error("there is no seat")]
    Refused(LicenceError),
    /// The work failed.
    #[error("the work failed")]
    Work(E),
}

/// Runs what is to end even if the scope that started it is gone. Clones share
/// their tasks and their errors.
#[derive(Debug, Clone)]
pub struct Cleaner {
    runtime: Handle,
    tasks: TaskTracker,
    errors: Arc<Mutex<Vec<LicenceError>>>,
}

impl Cleaner {
    /// A cleaner whose tasks run on `runtime`.
    pub fn on(runtime: Handle) -> Self {
        Self { runtime, tasks: TaskTracker::new(), errors: Arc::default() }
    }

    /// Starts `task`, from any thread, as a task of its own. It runs on when
    /// the handle is dropped, and [`finished`](Self::finished) waits for it.
    pub fn spawn<F>(&self, task: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        self.tasks.spawn_on(task, &self.runtime)
    }

    /// Notes an error of a release.
    pub fn report(&self, error: LicenceError) {
        self.lock().push(error);
    }

    /// The errors noted so far.
    pub fn reported(&self) -> Vec<LicenceError> {
        self.lock().clone()
    }

    /// Waits until no task is left. To be awaited before the runtime ends: it
    /// drops what is still under way.
    pub async fn finished(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    fn lock(&self) -> MutexGuard<'_, Vec<LicenceError>> {
        self.errors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
