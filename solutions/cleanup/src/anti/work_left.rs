//! Finished work that is kept: its future is still there during the release.

use std::{
    panic::{AssertUnwindSafe, resume_unwind},
    pin::pin,
};

use futures::FutureExt as _;
use tokio_util::sync::CancellationToken;

use crate::given::*;

/// Does `work` with a seat, and releases it.
pub async fn with_seat<T, E>(
    licences: &impl Licences,
    cleaner: &Cleaner,
    work: impl AsyncFnOnce(Seat) -> Result<T, E>,
) -> Result<T, SeatError<E>> {
    let seat = licences.acquire().await.map_err(SeatError::Refused)?;
    let over = CancellationToken::new();
    let guard = over.clone().drop_guard();
    let (server, reports) = (licences.clone(), cleaner.clone());
    let owner = cleaner.spawn(async move {
        over.cancelled().await;
        release(server, seat, reports).await;
    });
    // Dropped before the guard, but only where this function ends.
    let mut working = pin!(AssertUnwindSafe(work(seat)).catch_unwind());
    let outcome = working.as_mut().await;
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
