//! Closing after a question mark: the release is the line before the last.

use crate::given::*;

/// Does `work` with a seat, and releases it.
pub async fn with_seat<T, E>(
    licences: &impl Licences,
    cleaner: &Cleaner,
    work: impl AsyncFnOnce(Seat) -> Result<T, E>,
) -> Result<T, SeatError<E>> {
    let seat = licences.acquire().await.map_err(SeatError::Refused)?;
    let value = work(seat).await.map_err(SeatError::Work)?;
    if let Err(error) = licences.release(seat).await {
        cleaner.report(error);
    }
    Ok(value)
}
