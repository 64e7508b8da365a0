//! # transactions, the reference
//!
//! A transaction that is dropped is undone: that covers an error, a panic and a
//! cancellation with one line. The write lock is taken at the start, so the
//! session waits for another writer before it has done anything.

use sqlx::{Connection as _, SqliteConnection, SqlitePool};

use crate::given::*;

/// Runs `work` in one transaction: committed if it succeeds, and undone if
/// anything else happens.
///
/// The statements of `work` do not end the transaction themselves: no `COMMIT`,
/// no `ROLLBACK`, no `OR ROLLBACK`.
///
/// # If it is dropped
///
/// It may be dropped at any time, within a tokio runtime. Before the commit has
/// begun, nothing is left; after that, all of it or nothing. It is not safe to
/// create again in a `select!` loop: the work may then be done twice.
pub async fn with_session<T>(
    pool: &SqlitePool,
    work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, ShopError>,
) -> Result<T, ShopError> {
    // Takes the write lock now. A plain BEGIN would take it at the first write,
    // and fail there if another writer has committed since the first read.
    let mut session = pool.begin_with("BEGIN IMMEDIATE").await?;
    // An error returns here and drops the session: that rolls it back.
    let value = work(&mut session).await?;
    session.commit().await?;
    Ok(value)
}

/// Stores `order` with its postage, takes its lines from the stock, and packs
/// a gift for its voucher if that can be done.
///
/// # If it is dropped
///
/// The same as for [`with_session`]. Until the carrier has answered, no session
/// is open.
pub async fn place(
    pool: &SqlitePool,
    carrier: &impl Carrier,
    order: &Order,
) -> Result<Gift, ShopError> {
    // Outside the session: no other customer should wait for the carrier.
    let postage = carrier.postage(order).await?;
    with_session(pool, async |db| store_all(db, order, postage).await).await
}

/// Writes all that belongs to `order`.
async fn store_all(
    db: &mut SqliteConnection,
    order: &Order,
    postage: u32,
) -> Result<Gift, ShopError> {
    store(db, order, postage).await?;
    for (item, pieces) in &order.lines {
        take(db, item, *pieces).await?;
    }
    let Some(voucher) = &order.voucher else {
        return Ok(Gift::None);
    };
    // The order is worth more than the gift, whatever went wrong with that. But
    // a full disk, say, must not pass unnoticed.
    Ok(pack_gift(db, voucher).await.unwrap_or_else(Gift::Failed))
}

/// Redeems `voucher` and takes the gift: both, or neither.
async fn pack_gift(
    db: &mut SqliteConnection,
    voucher: &str,
) -> Result<Gift, ShopError> {
    // Within a transaction this sets a savepoint.
    let mut unit = db.begin().await?;
    redeem(&mut unit, voucher).await?;
    take(&mut unit, GIFT, 1).await?;
    unit.commit().await?;
    Ok(Gift::Packed)
}
