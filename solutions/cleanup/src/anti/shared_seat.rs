//! One seat for a thread: scopes that run there at the same time share it.

use std::{
    cell::RefCell,
    panic::{AssertUnwindSafe, resume_unwind},
    sync::{Arc, Weak},
};

use futures::FutureExt as _;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::given::*;

type Shared = (Seat, DropGuard);

thread_local! {
    static SEAT: RefCell<Weak<Shared>> = const { RefCell::new(Weak::new()) };
}

/// Does `work` with the thread's seat, which the last scope releases.
pub async fn with_seat<T, E>(
    licences: &impl Licences,
    cleaner: &Cleaner,
    work: impl AsyncFnOnce(Seat) -> Result<T, E>,
) -> Result<T, SeatError<E>> {
    let shared = SEAT.with_borrow(Weak::upgrade);
    let (shared, owner) = if let Some(shared) = shared {
        (shared, None)
    } else {
        let seat = licences.acquire().await.map_err(SeatError::Refused)?;
        let over = CancellationToken::new();
        let shared = Arc::new((seat, over.clone().drop_guard()));
        SEAT.set(Arc::downgrade(&shared));
        let task = own(seat, over, licences.clone(), cleaner.clone());
        (shared, Some(cleaner.spawn(task)))
    };
    let outcome = AssertUnwindSafe(work(shared.0)).catch_unwind().await;
    drop(shared);
    if let Some(owner) = owner {
        let _ = owner.await;
    }
    match outcome {
        Ok(result) => result.map_err(SeatError::Work),
        Err(panic) => resume_unwind(panic),
    }
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
