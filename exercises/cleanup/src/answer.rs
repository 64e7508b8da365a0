//! # cleanup: give it back, however the work ends
//!
//! Acquire a seat, do `work` with it, release it: exactly once, when the work
//! is over. The work is over when its future has returned `Ok` or `Err`, has
//! panicked, or has been dropped. A call of `with_seat` is a scope: its future
//! may be dropped at any `.await`, of the acquiring, of the work, of the
//! release. If you are not dropped, wait for your release, however long it
//! takes, and for no other; then return the result or pass on the panic with
//! its payload. If you are dropped while you acquire, take the request back. If
//! later, the release follows soon, inside of any runtime or of none, even
//! while the thread unwinds, even if nobody awaits anything. A release once
//! begun is never cut off, and never begun again. If it fails, report its error
//! to the cleaner, once, before you return and even if you are dropped
//! meanwhile, and leave it at that: the result stands. When every scope has
//! returned or been dropped, `cleaner.finished()` returns with every seat back.
//! The call of `work` only makes its future, as an async closure's does. No
//! panic comes from that call, from dropping the work, or from a release. Write
//! the body of `with_seat`; the rest is ready to use. Then run:
//!
//! ```sh
//! cargo test -p cleanup
//! ```
//!
//! The page: book/src/cleanup.md

use crate::given::*;

/// Acquires a seat, does `work` with it, and releases the seat, however the
/// work ends. Asks for a seat once; without one there is no work.
pub async fn with_seat<T, E>(
    licences: &impl Licences,
    cleaner: &Cleaner,
    work: impl AsyncFnOnce(Seat) -> Result<T, E>,
) -> Result<T, SeatError<E>> {
    let _ = (licences, cleaner, &work); // until they are used: delete this line
    todo!("acquire a seat, do the work, release the seat")
}
