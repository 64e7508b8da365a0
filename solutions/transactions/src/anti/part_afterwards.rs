//! The part in a session of its own: the part has a session of its own, after
//! that of the whole.

use sqlx::{SqliteConnection, SqlitePool};

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
    with_session(pool, async |db| store_all(db, order, postage).await).await?;
    let Some(voucher) = &order.voucher else {
        return Ok(Gift::None);
    };
    let packed = with_session(pool, async |db| {
        redeem(db, voucher).await?;
        take(db, GIFT, 1).await
    });
    Ok(packed.await.map_or_else(Gift::Failed, |()| Gift::Packed))
}

/// Writes `order`, without its gift.
async fn store_all(
    db: &mut SqliteConnection,
    order: &Order,
    postage: u32,
) -> Result<(), ShopError> {
    store(db, order, postage).await?;
    for (item, pieces) in &order.lines {
        take(db, item, *pieces).await?;
    }
    Ok(())
}
