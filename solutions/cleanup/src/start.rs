//! # cleanup: give it back, however the work ends
//!
//! Acquire a seat, do `work` with it, release it: exactly once, when the work
//! is over. The work is over when its future has returned `Ok` or `Err`, has
//! panicked, or has been dropped. A call of `with_seat` is a scope: its future
//! may be dropped at any `.await`, of the acquiring, of the work, of the
//! release. If you are not dropped, wait for your release, however long it
//! takes, and for no other; then return the result or pass on the panic with
//! its payload. If you are dropped while you acquire, take the request back. If
//! later, the release follows soon, inside of any runtime or of none, even
//! while the thread unwinds, even if nobody awaits anything. A release once
//! begun is never cut off, and never begun again. If it fails, report its error
//! to the cleaner, once, before you return and even if you are dropped
//! meanwhile, and leave it at that: the result stands. When every scope has
//! returned or been dropped, `cleaner.finished()` returns with every seat back.
//! The call of `work` only makes its future, as an async closure's does. No
//! panic comes from that call, from dropping the work, or from a release. Write
//! the body of `with_seat`; the rest is ready to use. Then run:
//!
//! ```sh
//! cargo test -p cleanup
//! ```
//!
//! The page: book/src/cleanup.md

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

/// Acquires a seat, does `work` with it, and releases the seat, however the
/// work ends. Asks for a seat once; without one there is no work.
pub async fn with_seat<T, E>(
    licences: &impl Licences,
    cleaner: &Cleaner,
    work: impl AsyncFnOnce(Seat) -> Result<T, E>,
) -> Result<T, SeatError<E>> {
    let _ = (licences, cleaner, &work); // until they are used: delete this line
    todo!("acquire a seat, do the work, release the seat")
}
