//! Spawned and awaited, but not by the cleaner: a caller that goes away leaves the
//! release to a task that nothing waits for.

use std::panic::{AssertUnwindSafe, resume_unwind};

use futures::FutureExt as _;

use crate::given::*;

/// Does `work` with a seat, and releases it.
pub async fn with_seat<T, E>(
    licences: &impl Licences,
    cleaner: &Cleaner,
    work: impl AsyncFnOnce(Seat) -> Result<T, E>,
) -> Result<T, SeatError<E>> {
    let seat = licences.acquire().await.map_err(SeatError::Refused)?;
    let mut held = Held { licences, cleaner, seat: Some(seat) };
    let outcome = AssertUnwindSafe(work(seat)).catch_unwind().await;
    held.seat = None;
    let releasing = release(licences.clone(), seat, cleaner.clone());
    let _ = tokio::spawn(releasing).await;
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
        let Some(seat) = self.seat.take() else {
            return;
        };
        let (server, reports) = (self.licences.clone(), self.cleaner.clone());
        self.cleaner.spawn(release(server, seat, reports));
    }
}

/// Releases `seat`, and reports an error to the cleaner.
async fn release<L: Licences>(licences: L, seat: Seat, cleaner: Cleaner) {
    if let Err(error) = licences.release(seat).await {
        cleaner.report(error);
    }
}
