//! An outbox: that a confirmation is due is stored with the order, in one
//! transaction.

use std::sync::Arc;

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use sqlx::SqlitePool;
use tokio::sync::{Notify, watch};
use tokio_util::task::TaskTracker;

use crate::given::*;

/// The service that takes orders.
#[derive(Clone)]
pub struct Service {
    db: SqlitePool,
    work: TaskTracker,
    due: Arc<Notify>,
    sender: watch::Sender<()>,
}

impl Service {
    /// Orders go to `db`, confirmations through `mailer`, failures to `report`.
    pub fn new(db: SqlitePool, mailer: Mailer, report: Report) -> Self {
        let (work, due) = (TaskTracker::new(), Arc::new(Notify::new()));
        let sender = watch::Sender::new(());
        let service = Self { db, work, due, sender };
        let (state, at_work) = (service.clone(), service.sender.subscribe());
        tokio::spawn(async move {
            loop {
                // Looked at before the table: nothing is written after that.
                let last = state.work.is_closed() && state.work.is_empty();
                let sent = send_all(&state.db, &mailer, &report).await;
                if last || sent.is_err() {
                    break;
                }
                state.due.notified().await;
            }
            drop(at_work);
        });
        service
    }

    /// Its routes.
    pub fn router(&self) -> Router {
        Router::new().route("/orders", post(take)).with_state(self.clone())
    }

    /// The order and the row of its confirmation: both, or neither.
    async fn store(self, order: Order) -> Result<i64, sqlx::Error> {
        let mut transaction = self.db.begin().await?;
        let number = insert(&mut transaction, &order).await?;
        let due = sqlx::query("INSERT INTO outbox (number) VALUES (?)");
        due.bind(number).execute(&mut *transaction).await?;
        transaction.commit().await?;
        self.due.notify_one();
        Ok(number)
    }

    /// Waits for what is under way.
    pub async fn finish(&self) {
        self.work.close();
        self.work.wait().await;
        self.due.notify_one();
        self.sender.closed().await;
    }
}

/// Sends what is due, also what an earlier process has left.
async fn send_all(
    db: &SqlitePool,
    mailer: &Mailer,
    report: &Report,
) -> Result<(), sqlx::Error> {
    let next = "SELECT number FROM outbox ORDER BY number LIMIT 1";
    while let Some(number) = sqlx::query_scalar(next).fetch_optional(db).await?
    {
        if let Err(error) = mailer.confirm(number).await {
            report(number, error);
        }
        let done = sqlx::query("DELETE FROM outbox WHERE number = ?");
        done.bind(number).execute(db).await?;
    }
    Ok(())
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
