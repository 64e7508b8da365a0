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
//! than the pool's busy timeout, return `Busy`, with nothing stored. Writers
//! that come while the work runs, however many, must not make the session fail:
//! keep them out (wait your turn first), or start anew in a new transaction.
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

use sqlx::{SqliteConnection, SqlitePool, error::DatabaseError};

/// The item that a voucher is good for.
pub const GIFT: &str = "calendar";

/// What a customer wants.
#[derive(Debug, Clone)]
pub struct Order {
    /// Chosen by the caller; no two orders have the same.
    pub number: u32,
    /// Items, and how many pieces of each.
    pub lines: Vec<(String, u32)>,
    /// The code of a voucher.
    pub voucher: Option<String>,
}

/// Whether a gift goes with an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gift {
    Packed,
    None,
}

/// Why an order was not stored.
#[derive(Debug, thiserror::Error)]
pub enum ShopError {
    /// There are fewer pieces than wanted.
    #[error("too few in stock: {0}")]
    NotInStock(String),
    /// There is no such voucher, or it has been redeemed.
    #[error("the voucher is not valid")]
    VoucherInvalid,
    /// The carrier did not answer.
    #[error("the carrier does not answer")]
    NoCarrier,
    /// Another writer was in the way. Nothing was done.
    #[error("another writer is in the way")]
    Busy,
    /// The database failed in another way.
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for ShopError {
    fn from(error: sqlx::Error) -> Self {
        // The lower byte of SQLite's code is the kind of the error: 5 is
        // SQLITE_BUSY, whatever made it busy.
        let code = error.as_database_error().and_then(DatabaseError::code);
        match code.and_then(|code| code.parse::<u32>().ok()) {
            Some(code) if code & 0xff == 5 => Self::Busy,
            _ => Self::Database(error),
        }
    }
}

/// Whoever brings the parcels.
pub trait Carrier {
    /// What it costs to send `order`, in cents. May take seconds.
    fn postage(
        &self,
        order: &Order,
    ) -> impl Future<Output = Result<u32, ShopError>>;
}

/// Writes the order itself.
pub async fn store(
    db: &mut SqliteConnection,
    order: &Order,
    postage: u32,
) -> Result<(), ShopError> {
    sqlx::query("INSERT INTO orders (number, postage) VALUES (?, ?)")
        .bind(order.number)
        .bind(postage)
        .execute(db)
        .await?;
    Ok(())
}

/// Takes `pieces` of `item` from the stock.
pub async fn take(
    db: &mut SqliteConnection,
    item: &str,
    pieces: u32,
) -> Result<(), ShopError> {
    const SQL: &str = "UPDATE stock SET pieces = pieces - ? \
                       WHERE item = ? AND pieces >= ?";
    let query = sqlx::query(SQL).bind(pieces).bind(item).bind(pieces);
    match query.execute(db).await?.rows_affected() {
        0 => Err(ShopError::NotInStock(item.to_owned())),
        _ => Ok(()),
    }
}

/// Redeems a voucher.
pub async fn redeem(
    db: &mut SqliteConnection,
    voucher: &str,
) -> Result<(), ShopError> {
    let query = sqlx::query("DELETE FROM vouchers WHERE code = ?");
    match query.bind(voucher).execute(db).await?.rows_affected() {
        0 => Err(ShopError::VoucherInvalid),
        _ => Ok(()),
    }
}

/// Runs `work` in one transaction: committed if it succeeds, and undone if
/// anything else happens. Call it as `with_session(pool, async |db| { .. })`;
/// `|db| async move { .. }` does not compile.
pub async fn with_session<T>(
    pool: &SqlitePool,
    work: impl AsyncFn(&mut SqliteConnection) -> Result<T, ShopError>,
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
