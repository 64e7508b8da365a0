//! A place for each confirmation, which the handler waits for.

use std::sync::Arc;

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use sqlx::SqlitePool;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::given::*;

/// The service that takes orders.
#[derive(Clone)]
pub struct Service {
    db: SqlitePool,
    mailer: Mailer,
    report: Report,
    work: TaskTracker,
    places: Arc<Semaphore>,
}

impl Service {
    /// Orders go to `db`, confirmations through `mailer`, failures to `report`.
    pub fn new(db: SqlitePool, mailer: Mailer, report: Report) -> Self {
        let (work, places) = (TaskTracker::new(), Arc::new(Semaphore::new(16)));
        Self { db, mailer, report, work, places }
    }

    /// Its routes.
    pub fn router(&self) -> Router {
        Router::new().route("/orders", post(take)).with_state(self.clone())
    }

    /// Stores the order, and starts its confirmation.
    async fn store(self, order: Order) -> Result<i64, sqlx::Error> {
        let mut transaction = self.db.begin().await?;
        let number = insert(&mut transaction, &order).await?;
        transaction.commit().await?;

        // So that the mailer has no more than 16 requests at once.
        let place = Arc::clone(&self.places).acquire_owned().await;
        self.work.clone().spawn(async move {
            let _place = place;
            self.confirm(number).await;
        });
        Ok(number)
    }

    async fn confirm(self, number: i64) {
        if let Err(error) = self.mailer.confirm(number).await {
            (self.report)(number, error);
        }
    }

    /// Waits for what is under way.
    pub async fn finish(&self) {
        self.work.close();
        self.work.wait().await;
    }
}

/// Takes an order.
async fn take(
    State(service): State<Service>,
    Json(order): Json<Order>,
) -> Result<(StatusCode, Json<Placed>), NotStored> {
    let storing = service.work.spawn(service.clone().store(order));
    let number = storing.await??;
    Ok((StatusCode::CREATED, Json(Placed { number })))
}
