//! A `watch` channel that cuts off, and whose receivers are counted.

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
use tokio::{sync::watch, time::sleep};
use tokio_util::sync::CancellationToken;

use crate::given::*;

#[derive(Clone)]
struct Shop {
    mailer: Mailer,
    /// Ends the intake.
    stop: CancellationToken,
    /// True ends the work that is left. Each confirmation has a receiver.
    cut: watch::Sender<bool>,
    /// Orders taken and not confirmed. `None` once they have been reported.
    unsent: Arc<Mutex<Option<BTreeSet<u64>>>>,
}

impl Shop {
    fn unsent(&self) -> MutexGuard<'_, Option<BTreeSet<u64>>> {
        self.unsent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn confirm(self, number: u64, mut cut: watch::Receiver<bool>) {
        let sent = tokio::select! {
            sent = self.mailer.confirm(number) => sent.is_ok(),
            _ = cut.wait_for(|&cut| cut) => false,
        };
        if let (true, Some(unsent)) = (sent, &mut *self.unsent()) {
            unsent.remove(&number);
        }
    }

    /// Drains until the deadline, cuts off what is left, and reports it.
    async fn end(&self, server: impl Future, grace: Duration) -> Vec<u64> {
        let drain = async {
            // First the requests: each may still start a confirmation.
            server.await;
            self.cut.closed().await;
        };
        let deadline = async {
            self.stop.cancelled().await;
            sleep(grace).await;
        };
        tokio::select! {
            () = drain => {}
            () = deadline => {}
        }

        self.cut.send_replace(true);
        self.cut.closed().await;
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
    let mut cut = shop.cut.subscribe();
    tokio::select! {
        answer = next.run(request) => answer,
        _ = cut.wait_for(|&cut| cut) => {
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// Takes an order, unless the report has been made.
async fn take(
    State(shop): State<Shop>,
    Json(order): Json<Order>,
) -> StatusCode {
    let mut unsent = shop.unsent();
    let Some(unsent) = unsent.as_mut() else {
        return StatusCode::SERVICE_UNAVAILABLE;
    };
    unsent.insert(order.number);
    let cut = shop.cut.subscribe();
    tokio::spawn(shop.clone().confirm(order.number, cut));
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
        cut: watch::Sender::new(false),
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
