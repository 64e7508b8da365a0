//! # cleanup: give it back, however the work ends
//!
//! Acquire a seat, do `work` with it, and release the seat, however that ends.
//!
//! - It returns `Ok` or `Err`: release the seat, wait until that is over, and
//!   return the result.
//! - It panics while you await it: release the seat, wait, and let the panic go
//!   on as it was.
//! - There is no seat: return `Refused`, do no work, and do not ask again.
//! - Your future is dropped, on any thread, or its task aborted: the work ends,
//!   and the seat is released soon. `cleaner.finished()` waits for each release.
//! - If it is dropped while it acquires, it leaves no seat taken.
//! - A release begins once, when nothing is left of the work. It runs to its
//!   end, however long that takes and even if you are dropped.
//! - Report the error of a release to the cleaner, once. The result stays.
//! - Calls do not affect each other. They can be spawned if their work can.
//!
//! The types are in given.rs; `tokio`, `tokio-util` and `futures` are there.
//! Run `cargo test -p cleanup`. The page: book/src/cleanup.md

use crate::given::*;

/// Acquires a seat, does `work` with it, and releases the seat, however the
/// work ends.
pub async fn with_seat<T, E>(
    licences: &impl Licences,
    cleaner: &Cleaner,
    work: impl AsyncFnOnce(Seat) -> Result<T, E>,
) -> Result<T, SeatError<E>> {
    let _ = (licences, cleaner, &work); // until they are used: delete this line
    todo!("acquire a seat, do the work, release the seat")
}
