//! An await before the seat is safe: at that one, too, the scope may be dropped.

use std::{
    convert::Infallible,
    panic::{AssertUnwindSafe, resume_unwind},
};

use futures::FutureExt as _;
use tokio::{sync::oneshot, task};

use crate::given::*;

/// Does `work` with a seat of its own, and gives the seat back.
pub async fn with_seat<T, E>(
    licences: &impl Licences,
    cleaner: &Cleaner,
    work: impl AsyncFnOnce(Seat) -> Result<T, E>,
) -> Result<T, SeatError<E>> {
    let seat = licences.acquire().await.map_err(SeatError::Refused)?;
    note(seat).await;
    let (scope, gone) = oneshot::channel::<Infallible>();
    let (server, reports) = (licences.clone(), cleaner.clone());
    let owner = cleaner.spawn(async move {
        let _ = gone.await;
        release(server, seat, reports).await;
    });
    let outcome = AssertUnwindSafe(work(seat)).catch_unwind().await;
    drop(scope);
    let _ = owner.await;
    match outcome {
        Ok(result) => result.map_err(SeatError::Work),
        Err(panic) => resume_unwind(panic),
    }
}

/// Writes a line of the log, when others have had their turn.
async fn note(seat: Seat) {
    task::yield_now().await;
    println!("{seat:?} is taken");
}

/// Releases `seat`; if that fails, the cleaner is told.
async fn release<L: Licences>(licences: L, seat: Seat, cleaner: Cleaner) {
    if let Err(error) = licences.release(seat).await {
        cleaner.report(error);
    }
}
