//! The release that nobody awaits: a guard tells the task that owns the seat,
//! and the function returns at once.

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
    let _guard = over.clone().drop_guard();
    let task = own(seat, over, licences.clone(), cleaner.clone());
    cleaner.spawn(task);

    work(seat).await.map_err(SeatError::Work)
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
