//! Everything again after `Busy`: the carrier is asked again, too.

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
    let mut tries = 1;
    loop {
        match once(pool, carrier, order).await {
            Err(ShopError::Busy) if tries < TRIES => tries += 1,
            result => return result,
        }
    }
}

const TRIES: u32 = 3;

/// One try, from the start.
async fn once(
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
    let mut unit = db.begin().await?;
    redeem(&mut unit, voucher).await?;
    take(&mut unit, GIFT, 1).await?;
    unit.commit().await?;
    Ok(Gift::Packed)
}
