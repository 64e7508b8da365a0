//! A number that is taken, taken for a success: perhaps it is another order's.

use sqlx::{Connection as _, SqliteConnection, SqlitePool};

use crate::given::*;

/// Runs `work` in one transaction: committed if it succeeds, and undone if
/// anything else happens.
pub async fn with_session<T>(
    pool: &SqlitePool,
    work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, ShopError>,
) -> Result<T, ShopError> {
    let mut session = pool.begin_with("BEGIN IMMEDIATE").await?;
    let value = work(&mut session).await?;
    session.commit().await?;
    Ok(value)
}

/// Stores `order` with its postage, takes its lines from the stock, and packs
/// a gift for its voucher if that can be done.
pub async fn place(
    pool: &SqlitePool,
    carrier: &impl Carrier,
    order: &Order,
) -> Result<Gift, ShopError> {
    let postage = carrier.postage(order).await?;
    let stored =
        with_session(pool, async |db| store_all(db, order, postage).await);
    match stored.await {
        // A second try of the same order, surely.
        Err(ShopError::Database(sqlx::Error::Database(error)))
            if error.is_unique_violation() =>
        {
            Ok(Gift::None)
        }
        result => result,
    }
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
    Ok(pack_gift(db, voucher).await.unwrap_or_else(Gift::Failed))
}

/// Redeems `voucher` and takes the gift: both, or neither.
async fn pack_gift(
    db: &mut SqliteConnection,
    voucher: &str,
) -> Result<Gift, ShopError> {
    let mut unit = db.begin().await?;
    redeem(&mut unit, voucher).await?;
    take(&mut unit, GIFT, 1).await?;
    unit.commit().await?;
    Ok(Gift::Packed)
}
