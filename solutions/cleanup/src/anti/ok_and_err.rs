//! Ok and Err, and nothing else: two of the four ways out.

use crate::given::*;

/// Does `work` with a seat, and releases it.
pub async fn with_seat<T, E>(
    licences: &impl Licences,
    cleaner: &Cleaner,
    work: impl AsyncFnOnce(Seat) -> Result<T, E>,
) -> Result<T, SeatError<E>> {
    let seat = licences.acquire().await.map_err(SeatError::Refused)?;
    let result = work(seat).await;
    let releasing = release(licences.clone(), seat, cleaner.clone());
    let _ = cleaner.spawn(releasing).await;
    result.map_err(SeatError::Work)
}

/// Releases `seat`, and reports an error to the cleaner.
async fn release<L: Licences>(licences: L, seat: Seat, cleaner: Cleaner) {
    if let Err(error) = licences.release(seat).await {
        cleaner.report(error);
    }
}
