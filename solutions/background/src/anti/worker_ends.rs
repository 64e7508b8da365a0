//! A worker that ends with the first error.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use sqlx::SqlitePool;
use tokio::sync::{mpsc, watch};

use crate::given::*;

type Queue = mpsc::UnboundedSender<i64>;

/// The service that takes orders.
#[derive(Clone)]
pub struct Service {
    db: SqlitePool,
    /// Taken away at the end: the queue ends with its last sender.
    queue: Arc<Mutex<Option<Queue>>>,
    worker: watch::Sender<()>,
}

impl Service {
    /// Orders go to `db`, confirmations through `mailer`, failures to `report`.
    pub fn new(db: SqlitePool, mailer: Mailer, report: Report) -> Self {
        let (queue, mut numbers) = mpsc::unbounded_channel();
        let worker = watch::Sender::new(());
        let at_work = worker.subscribe();
        tokio::spawn(async move {
            while let Some(number) = numbers.recv().await {
                if let Err(error) = mailer.confirm(number).await {
                    report(number, error);
                    break;
                }
            }
            drop(at_work);
        });
        let queue = Arc::new(Mutex::new(Some(queue)));
        Self { db, queue, worker }
    }

    /// Its routes.
    pub fn router(&self) -> Router {
        Router::new().route("/orders", post(take)).with_state(self.clone())
    }

    fn queue(&self) -> Option<Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for what is under way.
    pub async fn finish(&self) {
        // Orders that are being stored have a sender of their own.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.worker.closed().await;
    }
}

/// Takes an order.
async fn take(
    State(service): State<Service>,
    Json(order): Json<Order>,
) -> Result<(StatusCode, Json<Placed>), NotStored> {
    let queue = service.queue();
    let storing = tokio::spawn(async move {
        let mut transaction = service.db.begin().await?;
        let number = insert(&mut transaction, &order).await?;
        transaction.commit().await?;
        // An error would mean that the worker has panicked.
        queue.map(|queue| queue.send(number));
        Ok::<_, sqlx::Error>(number)
    });
    let number = storing.await??;
    Ok((StatusCode::CREATED, Json(Placed { number })))
}
