//! An executor in `Drop`: it runs the release on the thread of the drop.

use futures::executor::block_on;

use crate::given::*;

/// Does `work` with a seat, and releases it.
pub async fn with_seat<T, E>(
    licences: &impl Licences,
    cleaner: &Cleaner,
    work: impl AsyncFnOnce(Seat) -> Result<T, E>,
) -> Result<T, SeatError<E>> {
    let seat = licences.acquire().await.map_err(SeatError::Refused)?;
    let _held = Held { licences, cleaner, seat };
    work(seat).await.map_err(SeatError::Work)
}

/// A seat that has to be released.
struct Held<'a, L: Licences> {
    licences: &'a L,
    cleaner: &'a Cleaner,
    seat: Seat,
}

impl<L: Licences> Drop for Held<'_, L> {
    fn drop(&mut self) {
        if let Err(error) = block_on(self.licences.release(self.seat)) {
            self.cleaner.report(error);
        }
    }
}
