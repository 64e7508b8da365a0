//! Waiting for everybody: the scope awaits the cleaner instead of its own
//! release.

use std::{
    convert::Infallible,
    panic::{AssertUnwindSafe, resume_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::FutureExt as _;
use tokio::{runtime::Handle, sync::oneshot, task::JoinHandle};
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

/// Why [`with_seat`] has no result of the work to return.
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
        Self {
            runtime,
            tasks: TaskTracker::new(),
            errors: Arc::default(),
        }
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

/// Does `work` with a seat of its own, and gives the seat back.
pub async fn with_seat<T, E>(
    licences: &impl Licences,
    cleaner: &Cleaner,
    work: impl AsyncFnOnce(Seat) -> Result<T, E>,
) -> Result<T, SeatError<E>> {
    let seat = licences.acquire().await.map_err(SeatError::Refused)?;
    let (scope, gone) = oneshot::channel::<Infallible>();
    let (server, reports) = (licences.clone(), cleaner.clone());
    cleaner.spawn(async move {
        let _ = gone.await;
        release(server, seat, reports).await;
    });
    let outcome = AssertUnwindSafe(work(seat)).catch_unwind().await;
    drop(scope);
    cleaner.finished().await;
    match outcome {
        Ok(result) => result.map_err(SeatError::Work),
        Err(panic) => resume_unwind(panic),
    }
}

/// Releases `seat`; if that fails, the cleaner is told.
async fn release<L: Licences>(licences: L, seat: Seat, cleaner: Cleaner) {
    if let Err(error) = licences.release(seat).await {
        cleaner.report(error);
    }
}
