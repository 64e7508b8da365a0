//! Everything through `Drop`: one way out for all four exits. A scope that is
//! not dropped waits until the task that `Drop` started is over.

use std::panic::{AssertUnwindSafe, resume_unwind};

use futures::FutureExt as _;
use tokio::sync::oneshot;

use crate::given::*;

/// Does `work` with a seat, and releases it.
pub async fn with_seat<T, E>(
    licences: &impl Licences,
    cleaner: &Cleaner,
    work: impl AsyncFnOnce(Seat) -> Result<T, E>,
) -> Result<T, SeatError<E>> {
    let seat = licences.acquire().await.map_err(SeatError::Refused)?;
    let (done, released) = oneshot::channel::<()>();
    let held = Held { licences, cleaner, seat, done: Some(done) };
    let outcome = AssertUnwindSafe(work(seat)).catch_unwind().await;
    drop(held);
    // Nothing is ever sent: the task drops `done` when it is over.
    let _ = released.await;
    match outcome {
        Ok(result) => result.map_err(SeatError::Work),
        Err(panic) => resume_unwind(panic),
    }
}

/// A seat that is given back when this is dropped; `done` is dropped after.
struct Held<'a, L: Licences> {
    licences: &'a L,
    cleaner: &'a Cleaner,
    seat: Seat,
    done: Option<oneshot::Sender<()>>,
}

impl<L: Licences> Drop for Held<'_, L> {
    fn drop(&mut self) {
        let (server, reports) = (self.licences.clone(), self.cleaner.clone());
        let (seat, done) = (self.seat, self.done.take());
        self.cleaner.spawn(async move {
            release(server, seat, reports).await;
            drop(done);
        });
    }
}

/// Releases `seat`, and reports an error to the cleaner.
async fn release<L: Licences>(licences: L, seat: Seat, cleaner: Cleaner) {
    if let Err(error) = licences.release(seat).await {
        cleaner.report(error);
    }
}
