//! # cleanup, the reference
//!
//! Clean-up that awaits needs an owner that nobody drops: here the seat belongs
//! to a task. The scope holds a guard. Dropping it tells the task to release.

use std::panic::{AssertUnwindSafe, resume_unwind};

use futures::FutureExt as _;
use tokio_util::sync::CancellationToken;

use crate::given::*;

/// Acquires a seat, does `work` with it, and releases the seat, however the
/// work ends.
///
/// # If it is dropped
///
/// A request is dropped with it. A seat that it has is released soon after.
pub async fn with_seat<T, E>(
    licences: &impl Licences,
    cleaner: &Cleaner,
    work: impl AsyncFnOnce(Seat) -> Result<T, E>,
) -> Result<T, SeatError<E>> {
    let seat = licences.acquire().await.map_err(SeatError::Refused)?;
    let over = CancellationToken::new();
    let guard = over.clone().drop_guard();
    let task = own(seat, over, licences.clone(), cleaner.clone());
    let owner = cleaner.spawn(task);

    let outcome = AssertUnwindSafe(work(seat)).catch_unwind().await;
    drop(guard);
    let _ = owner.await; // What it returns says nothing of the work.
    match outcome {
        Ok(result) => result.map_err(SeatError::Work),
        Err(panic) => resume_unwind(panic),
    }
}

/// Owns `seat`, and releases it when `over` is cancelled.
async fn own<L: Licences>(
    seat: Seat,
    over: CancellationToken,
    licences: L,
    cleaner: Cleaner,
) {
    over.cancelled().await;
    if let Err(error) = licences.release(seat).await {
        cleaner.report(error);
    }
}
