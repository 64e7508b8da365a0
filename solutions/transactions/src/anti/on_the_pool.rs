//! Statements on the pool: BEGIN and COMMIT go to the pool.

use sqlx::{SqliteConnection, SqlitePool};

use crate::given::*;

/// Runs `work` in one transaction: committed if it succeeds, and undone if
/// anything else happens.
pub async fn with_session<T>(
    pool: &SqlitePool,
    work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, ShopError>,
) -> Result<T, ShopError> {
    sqlx::query("BEGIN").execute(pool).await?;
    let mut db = pool.acquire().await?;
    let result = work(&mut db).await;
    drop(db);
    if result.is_ok() {
        sqlx::query("COMMIT").execute(pool).await?;
    } else {
        // What the caller is to hear of is the error of the work.
        sqlx::query("ROLLBACK").execute(pool).await.ok();
    }
    result
}

/// Stores `order` with its postage, takes its lines from the stock, and packs
/// a gift for its voucher if that can be done.
pub async fn place(
    pool: &SqlitePool,
    carrier: &impl Carrier,
    order: &Order,
) -> Result<Gift, ShopError> {
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
    Ok(pack_gift(db, voucher).await.unwrap_or_else(Gift::Failed))
}

/// Redeems `voucher` and takes the gift: both, or neither.
async fn pack_gift(
    db: &mut SqliteConnection,
    voucher: &str,
) -> Result<Gift, ShopError> {
    // sqlx does not know that this is a transaction: it would begin another.
    sqlx::query("SAVEPOINT gift").execute(&mut *db).await?;
    let packed = match redeem(db, voucher).await {
        Ok(()) => take(db, GIFT, 1).await,
        Err(error) => Err(error),
    };
    if packed.is_err() {
        sqlx::query("ROLLBACK TO gift").execute(&mut *db).await?;
    }
    sqlx::query("RELEASE gift").execute(&mut *db).await?;
    packed.map(|()| Gift::Packed)
}
