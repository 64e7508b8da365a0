//! The release that nobody awaits: all four exits go through `Drop`, and the
//! function returns at once.

use crate::given::*;

/// Does `work` with a seat of its own, and gives the seat back.
pub async fn with_seat<T, E>(
    licences: &impl Licences,
    cleaner: &Cleaner,
    work: impl AsyncFnOnce(Seat) -> Result<T, E>,
) -> Result<T, SeatError<E>> {
    let seat = licences.acquire().await.map_err(SeatError::Refused)?;
    let _held = Held { licences, cleaner, seat };
    work(seat).await.map_err(SeatError::Work)
}

/// A seat that has to be given back.
struct Held<'a, L: Licences> {
    licences: &'a L,
    cleaner: &'a Cleaner,
    seat: Seat,
}

impl<L: Licences> Drop for Held<'_, L> {
    fn drop(&mut self) {
        let (server, reports) = (self.licences.clone(), self.cleaner.clone());
        self.cleaner.spawn(release(server, self.seat, reports));
    }
}

/// Releases `seat`; if that fails, the cleaner is told.
async fn release<L: Licences>(licences: L, seat: Seat, cleaner: Cleaner) {
    if let Err(error) = licences.release(seat).await {
        cleaner.report(error);
    }
}
