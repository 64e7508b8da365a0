//! # cleanup, the reference
//!
//! Clean-up that awaits needs an owner that nobody drops: here the seat belongs
//! to a task. The scope may be dropped at any time. It holds one end of a
//! channel, and dropping that end tells the task that the scope is gone.

use std::{
    convert::Infallible,
    panic::{AssertUnwindSafe, resume_unwind},
};

use futures::FutureExt as _;
use tokio::sync::oneshot;

use crate::given::*;

/// Acquires a seat, does `work` with it, and releases the seat, however the
/// work ends. Asks for a seat once; without one there is no work.
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
    // Nothing is ever sent: dropping `scope` is the message. It is declared
    // before the work, so it is dropped after it.
    let (scope, gone) = oneshot::channel();
    let task = own(licences.clone(), seat, cleaner.clone(), gone);
    let owner = cleaner.spawn(task);
    let outcome = AssertUnwindSafe(work(seat)).catch_unwind().await;
    drop(scope);
    let _ = owner.await; // What it returns says nothing of the work.
    match outcome {
        Ok(result) => result.map_err(SeatError::Work),
        Err(panic) => resume_unwind(panic),
    }
}

/// Owns `seat` until the scope is gone, and then gives it back.
async fn own<L: Licences>(
    licences: L,
    seat: Seat,
    cleaner: Cleaner,
    gone: oneshot::Receiver<Infallible>,
) {
    let _ = gone.await;
    if let Err(error) = licences.release(seat).await {
        cleaner.report(error);
    }
}
