//! # transactions, the reference
//!
//! A transaction that is dropped is undone: that covers an error, a panic and a
//! cancellation with one line. The write lock is taken at the start, so another
//! writer is met before anything has been done.

use sqlx::{Connection as _, SqliteConnection, SqlitePool};

use crate::given::*;

/// Runs `work` in one transaction: committed if it succeeds, and undone if
/// anything else happens.
///
/// # Cancel safety
///
/// May be dropped at any time, within a tokio runtime. Dropped before the
/// commit has begun, it leaves nothing; after that, all of it or nothing.
pub async fn with_session<T>(
    pool: &SqlitePool,
    work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, ShopError>,
) -> Result<T, ShopError> {
    // Takes the write lock now. A plain BEGIN would take it at the first write,
    // and fail there if somebody else has written since the first read.
    let mut session = pool.begin_with("BEGIN IMMEDIATE").await?;
    // With an error this returns, and drops the session: that is its rollback.
    let value = work(&mut session).await?;
    session.commit().await?;
    Ok(value)
}

/// Stores `order` with its postage, takes its lines from the stock, and packs
/// a gift for its voucher if that can be done.
///
/// # Cancel safety
///
/// As that of [`with_session`].
pub async fn place(
    pool: &SqlitePool,
    carrier: &impl Carrier,
    order: &Order,
) -> Result<Gift, ShopError> {
    // Outside of the session: nobody else is to wait for the carrier.
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
    // The order is worth more than the gift.
    Ok(pack_gift(db, voucher).await.unwrap_or(Gift::None))
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
