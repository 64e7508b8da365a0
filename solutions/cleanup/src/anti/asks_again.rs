//! A second try for which nobody asked: it waits until a seat is free.

use std::{
    convert::Infallible,
    panic::{AssertUnwindSafe, resume_unwind},
    time::Duration,
};

use futures::FutureExt as _;
use tokio::{sync::oneshot, time::sleep};

use crate::given::*;

/// Does `work` with a seat of its own, and gives the seat back.
pub async fn with_seat<T, E>(
    licences: &impl Licences,
    cleaner: &Cleaner,
    work: impl AsyncFnOnce(Seat) -> Result<T, E>,
) -> Result<T, SeatError<E>> {
    let seat = acquire(licences).await.map_err(SeatError::Refused)?;
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

/// Asks until there is a seat.
async fn acquire(licences: &impl Licences) -> Result<Seat, LicenceError> {
    loop {
        match licences.acquire().await {
            Err(LicenceError::NoneFree) => sleep(Duration::from_secs(1)).await,
            answer => return answer,
        }
    }
}

/// Releases `seat`; if that fails, the cleaner is told.
async fn release<L: Licences>(licences: L, seat: Seat, cleaner: Cleaner) {
    if let Err(error) = licences.release(seat).await {
        cleaner.report(error);
    }
}
