//! A request that outlives the scope: the owner asks for the seat as well.

use std::{
    convert::Infallible,
    panic::{AssertUnwindSafe, resume_unwind},
};

use futures::FutureExt as _;
use tokio::sync::oneshot;

use crate::given::*;

/// Does `work` with a seat of its own, and gives the seat back.
pub async fn with_seat<T, E>(
    licences: &impl Licences,
    cleaner: &Cleaner,
    work: impl AsyncFnOnce(Seat) -> Result<T, E>,
) -> Result<T, SeatError<E>> {
    let (scope, gone) = oneshot::channel::<Infallible>();
    let (server, reports) = (licences.clone(), cleaner.clone());
    let (hand_over, handed) = oneshot::channel();
    let owner = cleaner.spawn(async move {
        let answer = server.acquire().await;
        let _ = hand_over.send(answer.clone());
        let _ = gone.await;
        if let Ok(seat) = answer {
            release(server, seat, reports).await;
        }
    });
    let answer = handed.await.unwrap_or(Err(LicenceError::HungUp));
    let seat = answer.map_err(SeatError::Refused)?;
    let outcome = AssertUnwindSafe(work(seat)).catch_unwind().await;
    drop(scope);
    let _ = owner.await;
    match outcome {
        Ok(result) => result.map_err(SeatError::Work),
        Err(panic) => resume_unwind(panic),
    }
}

/// Releases `seat`; if that fails, the cleaner is told.
async fn release<L: Licences>(licences: L, seat: Seat, cleaner: Cleaner) {
    if let Err(error) = licences.release(seat).await {
        cleaner.report(error);
    }
}
