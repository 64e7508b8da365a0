//! A time limit on the release: the waiting ends, and so does the release.

use std::{
    convert::Infallible,
    panic::{AssertUnwindSafe, resume_unwind},
    time::Duration,
};

use futures::FutureExt as _;
use tokio::{sync::oneshot, time::timeout};

use crate::given::*;

/// Does `work` with a seat of its own, and gives the seat back.
pub async fn with_seat<T, E>(
    licences: &impl Licences,
    cleaner: &Cleaner,
    work: impl AsyncFnOnce(Seat) -> Result<T, E>,
) -> Result<T, SeatError<E>> {
    let seat = licences.acquire().await.map_err(SeatError::Refused)?;
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

/// Releases `seat`, unless that takes too long; if it fails, the cleaner is told.
async fn release<L: Licences>(licences: L, seat: Seat, cleaner: Cleaner) {
    let releasing = timeout(Duration::from_secs(5), licences.release(seat));
    if let Ok(Err(error)) = releasing.await {
        cleaner.report(error);
    }
}
