//! Acquired in a task: the seat comes when nobody is there to take it.

use std::panic::{AssertUnwindSafe, resume_unwind};

use futures::FutureExt as _;
use tokio_util::sync::CancellationToken;

use crate::given::*;

/// Does `work` with a seat, and releases it.
pub async fn with_seat<T, E>(
    licences: &impl Licences,
    cleaner: &Cleaner,
    work: impl AsyncFnOnce(Seat) -> Result<T, E>,
) -> Result<T, SeatError<E>> {
    let server = licences.clone();
    let acquiring = cleaner.spawn(async move { server.acquire().await });
    let seat = acquiring.await.unwrap_or(Err(LicenceError::HungUp));
    let seat = seat.map_err(SeatError::Refused)?;
    let over = CancellationToken::new();
    let guard = over.clone().drop_guard();
    let (server, reports) = (licences.clone(), cleaner.clone());
    let owner = cleaner.spawn(async move {
        over.cancelled().await;
        release(server, seat, reports).await;
    });
    let outcome = AssertUnwindSafe(work(seat)).catch_unwind().await;
    drop(guard);
    let _ = owner.await;
    match outcome {
        Ok(result) => result.map_err(SeatError::Work),
        Err(panic) => resume_unwind(panic),
    }
}

/// Releases `seat`, and reports an error to the cleaner.
async fn release<L: Licences>(licences: L, seat: Seat, cleaner: Cleaner) {
    if let Err(error) = licences.release(seat).await {
        cleaner.report(error);
    }
}
