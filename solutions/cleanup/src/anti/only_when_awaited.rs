//! Only when the cleaner is awaited: what was dropped waits for `finished`.

use std::{
    panic::{AssertUnwindSafe, resume_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::FutureExt as _;
use tokio::{runtime::Handle, task::JoinHandle};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::given::*;

/// Runs what is to end even if the scope that started it is gone. Clones share
/// their tasks and their errors.
#[derive(Debug, Clone)]
pub struct Cleaner {
    runtime: Handle,
    tasks: TaskTracker,
    errors: Arc<Mutex<Vec<LicenceError>>>,
    closing: CancellationToken,
}

impl Cleaner {
    /// A cleaner whose tasks run on `runtime`.
    pub fn on(runtime: Handle) -> Self {
        Self {
            runtime,
            tasks: TaskTracker::new(),
            errors: Arc::default(),
            closing: CancellationToken::new(),
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
        self.closing.cancel();
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
    let mut held = Held {
        licences,
        cleaner,
        seat: Some(seat),
    };
    let outcome = AssertUnwindSafe(work(seat)).catch_unwind().await;
    held.seat = None;
    let releasing = release(licences.clone(), seat, cleaner.clone());
    let _ = cleaner.spawn(releasing).await;
    match outcome {
        Ok(result) => result.map_err(SeatError::Work),
        Err(panic) => resume_unwind(panic),
    }
}

/// A seat that has to be given back.
struct Held<'a, L: Licences> {
    licences: &'a L,
    cleaner: &'a Cleaner,
    seat: Option<Seat>,
}

impl<L: Licences> Drop for Held<'_, L> {
    fn drop(&mut self) {
        if let Some(seat) = self.seat.take() {
            let (server, reports) =
                (self.licences.clone(), self.cleaner.clone());
            self.cleaner.spawn(async move {
                // `finished` says when it is time to clean up.
                reports.closing.cancelled().await;
                release(server, seat, reports).await;
            });
        }
    }
}

/// Releases `seat`; if that fails, the cleaner is told.
async fn release<L: Licences>(licences: L, seat: Seat, cleaner: Cleaner) {
    if let Err(error) = licences.release(seat).await {
        cleaner.report(error);
    }
}
