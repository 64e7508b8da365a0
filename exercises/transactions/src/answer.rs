//! # transactions: all of it, or nothing
//!
//! `with_session` runs `work` in one transaction. An `Ok` is committed before
//! the caller gets it, and a commit that fails is an error. After an error, a
//! panic or a drop nothing of the work is left, now or later, and the
//! connection goes back to the pool with no transaction open, or is closed. A
//! drop during the commit leaves all or nothing. An error of the work is
//! returned as it is. Only after `Busy`, even if the work itself returned it,
//! may the work be run again. A panic goes on to the caller.
//!
//! Other programs write to the same file, which is in WAL mode: readers and one
//! writer do not keep each other out. If one holds the write lock for longer
//! than the busy timeout of the pool's connections, return `Busy`, with nothing
//! stored. Writers that come while the work runs, however many, must not make
//! the session fail: keep them out (wait your turn first), or start again in a
//! new transaction.
//!
//! `place` asks the carrier for the postage, once, and holds no connection
//! meanwhile. Then it stores the order and takes its lines from the stock: all
//! or nothing, as above. Errors are returned as they are. After the lines, a
//! voucher is good for a gift: it is redeemed and one `GIFT` taken, both or
//! neither. If either fails, whatever the error, the order is stored without a
//! gift, and that error is not returned. If SQLite has undone the whole
//! transaction, nothing is stored: an error. The pool may be of one connection.
//!
//! Write both bodies; everything else is ready to use. Then run:
//!
//! ```sh
//! cargo test -p transactions
//! ```
//!
//! The page: book/src/transactions.md

use sqlx::{SqliteConnection, SqlitePool};

use crate::given::*;

/// Runs `work` in one transaction: committed if it succeeds, and undone if
/// anything else happens. Call it as `with_session(pool, async |db| { .. })`;
/// `|db| async move { .. }` does not compile. To run the work again, ask for
/// `+ Clone` as well.
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
