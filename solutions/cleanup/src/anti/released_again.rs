//! A second try at the release: the server may have heard the first.

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

/// Releases `seat`; if that fails twice, the cleaner is told.
async fn release<L: Licences>(licences: L, seat: Seat, cleaner: Cleaner) {
    if licences.release(seat).await.is_ok() {
        return;
    }
    if let Err(error) = licences.release(seat).await {
        cleaner.report(error);
    }
}
