//! Commit in Drop: a destructor commits, so that nobody can forget it.

use std::ops::DerefMut;

use sqlx::{
    Connection as _, Sqlite, SqliteConnection, SqlitePool, Transaction,
};

use crate::given::*;

/// Runs `work` in one transaction: committed if it succeeds, and undone if
/// anything else happens.
pub async fn with_session<T>(
    pool: &SqlitePool,
    work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, ShopError>,
) -> Result<T, ShopError> {
    let transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    let mut session = Session(Some(transaction));
    let value = work(session.db()).await?;
    session.close().await?;
    Ok(value)
}

/// A transaction that is committed at its end.
struct Session(Option<Transaction<'static, Sqlite>>);

impl Session {
    fn db(&mut self) -> &mut SqliteConnection {
        self.0.as_mut().expect("not closed yet").deref_mut()
    }

    async fn close(mut self) -> Result<(), sqlx::Error> {
        let transaction = self.0.take().expect("not closed yet");
        transaction.commit().await
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(transaction) = self.0.take() {
            tokio::spawn(transaction.commit());
        }
    }
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
    let mut unit = db.begin().await?;
    redeem(&mut unit, voucher).await?;
    take(&mut unit, GIFT, 1).await?;
    unit.commit().await?;
    Ok(Gift::Packed)
}
