//! A guard with `close`, for callers that can wait, and `Drop` for those that
//! cannot. Both hand the release to the cleaner.

use std::panic::{AssertUnwindSafe, resume_unwind};

use futures::FutureExt as _;
use tokio::task::JoinHandle;

use crate::given::*;

/// Does `work` with a seat, and releases it.
pub async fn with_seat<T, E>(
    licences: &impl Licences,
    cleaner: &Cleaner,
    work: impl AsyncFnOnce(Seat) -> Result<T, E>,
) -> Result<T, SeatError<E>> {
    let seat = licences.acquire().await.map_err(SeatError::Refused)?;
    let seat_held = Held { licences, cleaner, seat: Some(seat) };
    let outcome = AssertUnwindSafe(work(seat)).catch_unwind().await;
    seat_held.close().await;
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

impl<L: Licences> Held<'_, L> {
    /// Gives the seat back, and waits until that is done.
    async fn close(mut self) {
        if let Some(closing) = self.start() {
            // The task goes on if this future is dropped.
            let _ = closing.await;
        }
    }

    /// Starts the release, the first time that it is called.
    fn start(&mut self) -> Option<JoinHandle<()>> {
        let seat = self.seat.take()?;
        let (server, reports) = (self.licences.clone(), self.cleaner.clone());
        Some(self.cleaner.spawn(release(server, seat, reports)))
    }
}

impl<L: Licences> Drop for Held<'_, L> {
    fn drop(&mut self) {
        // Nobody is there to await it; the cleaner is.
        drop(self.start());
    }
}

/// Releases `seat`, and reports an error to the cleaner.
async fn release<L: Licences>(licences: L, seat: Seat, cleaner: Cleaner) {
    if let Err(error) = licences.release(seat).await {
        cleaner.report(error);
    }
}
