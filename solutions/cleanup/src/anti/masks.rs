//! The release's error in place of the result: the last error wins.

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
    let seat = licences.acquire().await.map_err(SeatError::Refused)?;
    let over = CancellationToken::new();
    let guard = over.clone().drop_guard();
    let server = licences.clone();
    let owner = cleaner.spawn(async move {
        over.cancelled().await;
        server.release(seat).await
    });
    let outcome = AssertUnwindSafe(work(seat)).catch_unwind().await;
    drop(guard);
    if let Ok(released) = owner.await {
        released.map_err(SeatError::Refused)?;
    }
    match outcome {
        Ok(result) => result.map_err(SeatError::Work),
        Err(panic) => resume_unwind(panic),
    }
}
