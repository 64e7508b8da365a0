//! # transactions: rolled back on every exit
//!
//! `with_session` runs `work` in one transaction.
//!
//! - A success is committed before it is returned. A commit that fails is an
//!   error.
//! - After an error, a panic or a drop, nothing of the work is left, and the
//!   next session on the connection can begin.
//! - Errors and panics of the work go on to the caller as they are. The work
//!   runs once; after `Busy`, and only then, you may run it again in a new
//!   transaction (that needs `+ Clone`).
//! - Wait for another writer as long as the busy timeout of the pool's
//!   connections; after that, it is `Busy`. A writer that comes while the work
//!   runs does not make the session fail.
//!
//! `place` stores an order: all of it or nothing, wherever it is dropped. After
//! a drop before the commit, nothing is stored.
//!
//! - Ask the carrier once for the postage, and hold no connection meanwhile.
//! - Store the order, and take its lines from the stock. Return an error of
//!   either.
//! - Then redeem its voucher and take one `GIFT`: both or neither. If that
//!   fails, for whatever reason, the order is stored, and `Gift::Failed` says
//!   why.
//! - A pool of one connection is enough, even for several calls at once.
//!
//! The rest is in given.rs. The database is in WAL mode. Run
//! `cargo test -p transactions`. The page: book/src/transactions.md

use sqlx::{SqliteConnection, SqlitePool};

use crate::given::*;

/// Runs `work` in one transaction: committed if it succeeds, and undone if
/// anything else happens. Call it as `with_session(pool, async |db| { .. })`.
///
/// The statements of `work` do not end the transaction themselves: no `COMMIT`,
/// no `ROLLBACK`, no `OR ROLLBACK`.
pub async fn with_session<T>(
    pool: &SqlitePool,
    work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, ShopError>,
) -> Result<T, ShopError> {
    let _ = (pool, &work); // until they are used: delete this line
    todo!("begin, work, commit")
}

/// Stores `order` with its postage, takes its lines from the stock, and packs
/// a gift for its voucher if that can be done.
pub async fn place(
    pool: &SqlitePool,
    carrier: &impl Carrier,
    order: &Order,
) -> Result<Gift, ShopError> {
    let _ = (pool, carrier, order); // until they are used: delete this line
    todo!("ask the carrier, then store all of it in one session")
}
