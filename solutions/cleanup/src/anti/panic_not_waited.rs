//! Waiting only for a result: a panic goes on before the release is over.

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
    let task = own(seat, over, licences.clone(), cleaner.clone());
    let owner = cleaner.spawn(task);

    let result = work(seat).await;
    drop(guard);
    let _ = owner.await;
    result.map_err(SeatError::Work)
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
