//! What the exercise gives you: types and functions that are ready to use.

use sqlx::{SqliteConnection, error::DatabaseError};

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

/// Whether a gift goes with an order that is stored.
#[derive(Debug)]
pub enum Gift {
    Packed,
    /// The order has no voucher.
    None,
    /// This went wrong with the gift.
    Failed(ShopError),
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
