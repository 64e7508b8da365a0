//! # background: answer now, confirm afterwards
//!
//! Take orders with `POST /orders`, and send each customer a confirmation.
//!
//! - Store the order, and answer 201 with its number once it is stored, or 503.
//! - The answer does not wait for the confirmation, however slow the mailer is.
//! - Confirm each order once, when it is stored; never one that is not stored.
//! - A confirmation that fails is reported. The customer is not told.
//! - Customers may go away: an order that has arrived is stored and confirmed.
//! - `finish` is called when no more orders come. It waits until all that have
//!   come are stored and confirmed.
//! - Services do not affect each other.
//!
//! Give `Service` the fields that you need. The types, `insert` and
//! `Mailer::confirm` are in given.rs; `axum`, `sqlx`, `tokio`, `tokio-util`
//! and `futures` are there. Run `cargo test -p background`. The page:
//! book/src/background.md

use axum::Router;
use sqlx::SqlitePool;

use crate::given::*;

/// The service that takes orders.
#[derive(Clone)]
pub struct Service {}

impl Service {
    /// Orders go to `db`, confirmations through `mailer`, failures to `report`.
    pub fn new(db: SqlitePool, mailer: Mailer, report: Report) -> Self {
        drop((db, mailer, report));
        todo!("take orders, and confirm them")
    }

    /// Its routes.
    pub fn router(&self) -> Router {
        todo!("POST /orders")
    }

    /// Waits for what is under way.
    pub async fn finish(&self) {
        todo!("wait")
    }
}
