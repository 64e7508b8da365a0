//! The owner acquires, too: it receives the seat whatever becomes of the scope.

use std::panic::{AssertUnwindSafe, resume_unwind};

use futures::FutureExt as _;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::given::*;

/// Does `work` with a seat, and releases it.
pub async fn with_seat<T, E>(
    licences: &impl Licences,
    cleaner: &Cleaner,
    work: impl AsyncFnOnce(Seat) -> Result<T, E>,
) -> Result<T, SeatError<E>> {
    let over = CancellationToken::new();
    let guard = over.clone().drop_guard();
    let (tell, told) = oneshot::channel();
    let task = own(tell, over, licences.clone(), cleaner.clone());
    let owner = cleaner.spawn(task);

    let answer = told.await.unwrap_or(Err(LicenceError::HungUp));
    let seat = answer.map_err(SeatError::Refused)?;
    let outcome = AssertUnwindSafe(work(seat)).catch_unwind().await;
    drop(guard);
    let _ = owner.await;
    match outcome {
        Ok(result) => result.map_err(SeatError::Work),
        Err(panic) => resume_unwind(panic),
    }
}

/// Acquires a seat, tells the scope, and releases it when `over` is cancelled.
async fn own<L: Licences>(
    tell: oneshot::Sender<Result<Seat, LicenceError>>,
    over: CancellationToken,
    licences: L,
    cleaner: Cleaner,
) {
    let answer = licences.acquire().await;
    let _ = tell.send(answer.clone()); // The scope may be gone.
    let Ok(seat) = answer else { return };
    over.cancelled().await;
    if let Err(error) = licences.release(seat).await {
        cleaner.report(error);
    }
}
