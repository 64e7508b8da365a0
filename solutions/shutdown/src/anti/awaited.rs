//! The confirmation is awaited before the answer.

use std::{
    collections::BTreeSet,
    fmt::Debug,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Json, Router,
    body::Body,
    extract::{Request, State},
    http::StatusCode,
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{get, post},
    serve::Listener,
};
use futures::StreamExt;
use tokio::time::sleep;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::given::*;

#[derive(Clone)]
struct Shop {
    mailer: Mailer,
    /// Ends the intake.
    stop: CancellationToken,
    /// Ends the work that is left.
    cut: CancellationToken,
    work: TaskTracker,
    /// Orders taken and not confirmed. `None` once they have been reported.
    unsent: Arc<Mutex<Option<BTreeSet<u64>>>>,
}

impl Shop {
    fn unsent(&self) -> MutexGuard<'_, Option<BTreeSet<u64>>> {
        self.unsent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn confirm(self, number: u64) {
        let sending = self.mailer.confirm(number);
        let sent = self.cut.run_until_cancelled(sending).await;
        if let (Some(Ok(())), Some(unsent)) = (sent, &mut *self.unsent()) {
            unsent.remove(&number);
        }
    }

    /// Waits until no confirmation is under way.
    async fn finish(&self) {
        self.work.close();
        self.work.wait().await;
    }

    /// Drains until the deadline, cuts off what is left, and reports it.
    async fn end(&self, server: impl Future, grace: Duration) -> Vec<u64> {
        let drain = async {
            // First the requests: each may still start a confirmation.
            server.await;
            self.finish().await;
        };
        let deadline = async {
            self.stop.cancelled().await;
            sleep(grace).await;
        };
        tokio::select! {
            () = drain => {}
            () = deadline => {}
        }

        self.cut.cancel();
        self.finish().await;
        self.unsent().take().into_iter().flatten().collect()
    }
}

/// Turns away what comes after `stop`, and cuts off what is left at the end.
async fn admit(
    State(shop): State<Shop>,
    request: Request,
    next: Next,
) -> Response {
    // Asked once: the body of a request under way may come later.
    if shop.stop.is_cancelled() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let answer = shop.cut.run_until_cancelled(next.run(request)).await;
    answer.unwrap_or(StatusCode::SERVICE_UNAVAILABLE.into_response())
}

/// Takes an order, unless the report has been made.
async fn take(
    State(shop): State<Shop>,
    Json(order): Json<Order>,
) -> StatusCode {
    match &mut *shop.unsent() {
        Some(unsent) => unsent.insert(order.number),
        None => return StatusCode::SERVICE_UNAVAILABLE,
    };
    let work = shop.work.clone();
    let _ = work.spawn(shop.confirm(order.number)).await;
    StatusCode::ACCEPTED
}

async fn follow(State(shop): State<Shop>) -> Body {
    // A response without an end would hold the drain up.
    Body::from_stream(events().take_until(shop.stop.cancelled_owned()))
}

/// Serves `listener` until `stop`. Returns the orders without a confirmation.
pub async fn serve(
    listener: impl Listener<Addr: Debug>,
    mailer: Mailer,
    stop: CancellationToken,
    grace: Duration,
) -> Vec<u64> {
    let state = Shop {
        mailer,
        stop: stop.clone(),
        cut: CancellationToken::new(),
        work: TaskTracker::new(),
        unsent: Arc::new(Mutex::new(Some(BTreeSet::new()))),
    };
    let router = Router::new()
        .route("/orders", post(take))
        .route("/events", get(follow))
        .layer(from_fn_with_state(state.clone(), admit))
        .with_state(state.clone());
    let server = axum::serve(listener, router)
        .with_graceful_shutdown(stop.cancelled_owned());
    state.end(server.into_future(), grace).await
}
