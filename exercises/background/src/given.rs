//! What the exercise gives you: types and functions that are ready to use.

use std::sync::Arc;

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use reqwest::Client;
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;
use tokio::task::JoinError;

/// The tables of the shop. An order whose product does not exist is refused
/// when its transaction is committed. `outbox` is there if you want it.
pub const SCHEMA: &str = "
    CREATE TABLE products (name TEXT PRIMARY KEY);
    CREATE TABLE orders (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        product TEXT NOT NULL
            REFERENCES products (name) DEFERRABLE INITIALLY DEFERRED,
        pieces INTEGER NOT NULL CHECK (pieces > 0)
    );
    CREATE TABLE outbox (number INTEGER PRIMARY KEY);
";

/// What a customer sends to `POST /orders`, as JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Order {
    pub product: String,
    pub pieces: u32,
}

/// What the customer gets: 201 and this, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    pub number: i64,
}

/// Why an order was not stored. A handler may return it: it is answered with
/// 503.
#[derive(Debug, thiserror::Error)]
pub enum NotStored {
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// The task that stored the order panicked. Only needed if you spawn tasks.
    #[error("the task ended before the order was stored")]
    Task(#[from] JoinError),
}

impl IntoResponse for NotStored {
    fn into_response(self) -> Response {
        StatusCode::SERVICE_UNAVAILABLE.into_response()
    }
}

/// Writes the order, and gives its number. Nothing is stored before the
/// transaction is committed.
pub async fn insert(
    db: &mut SqliteConnection,
    order: &Order,
) -> Result<i64, sqlx::Error> {
    const SQL: &str = "INSERT INTO orders (product, pieces) VALUES (?, ?)";
    let query = sqlx::query(SQL).bind(&order.product).bind(order.pieces);
    Ok(query.execute(db).await?.last_insert_rowid())
}

/// Why a confirmation was not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// The mailer answered with a status that is not a success.
    #[error("the mailer answered {0}")]
    Status(u16),
    /// There was no answer, or it broke off.
    #[error("the mailer did not answer")]
    NoAnswer,
}

/// The service that sends mail. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Mailer {
    client: Client,
    base: String,
}

impl Mailer {
    pub fn new(client: Client, base: String) -> Self {
        Self { client, base }
    }

    /// Sends the confirmation of this order. It may take long.
    pub async fn confirm(&self, number: i64) -> Result<(), MailError> {
        let url = format!("{}/confirmations/{number}", self.base);
        let answer = self.client.post(url).send().await;
        let answer = answer.map_err(|_| MailError::NoAnswer)?;
        if !answer.status().is_success() {
            return Err(MailError::Status(answer.status().as_u16()));
        }
        answer.bytes().await.map_err(|_| MailError::NoAnswer)?;
        Ok(())
    }
}

/// Writes to the service's log that the order of this number got no
/// confirmation. It returns at once, and may be called on any thread.
pub type Report = Arc<dyn Fn(i64, MailError) + Send + Sync>;
