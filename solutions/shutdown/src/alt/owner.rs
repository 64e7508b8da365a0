//! One owner for all that is under way: a channel, and a `JoinSet`.

use std::{collections::BTreeSet, fmt::Debug, time::Duration};

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
use tokio::{
    sync::mpsc::{self, UnboundedReceiver, UnboundedSender},
    task::{self, JoinSet},
    time::sleep,
};
use tokio_util::sync::CancellationToken;

use crate::given::*;

#[derive(Clone)]
struct Shop {
    stop: CancellationToken,
    /// The drain begins when the last handler has dropped it.
    orders: UnboundedSender<u64>,
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
    tokio::select! {
        answer = next.run(request) => answer,
        () = shop.orders.closed() => {
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// Takes an order, unless its receiver is closed.
async fn take(
    State(shop): State<Shop>,
    Json(order): Json<Order>,
) -> StatusCode {
    match shop.orders.send(order.number) {
        Ok(()) => StatusCode::ACCEPTED,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

async fn follow(State(shop): State<Shop>) -> Body {
    Body::from_stream(events().take_until(shop.stop.cancelled_owned()))
}

/// Confirmations under way, and the orders that are not confirmed.
#[derive(Default)]
struct Work {
    sending: JoinSet<Option<u64>>,
    unsent: BTreeSet<u64>,
}

impl Work {
    /// Until no order can come, and none is being confirmed.
    async fn go_on(
        &mut self,
        mailer: &Mailer,
        orders: &mut UnboundedReceiver<u64>,
    ) {
        let mut open = true;
        loop {
            tokio::select! {
                order = orders.recv(), if open => match order {
                    Some(number) => {
                        self.unsent.insert(number);
                        let mailer = mailer.clone();
                        self.sending.spawn(async move {
                            mailer.confirm(number).await.ok().map(|()| number)
                        });
                    }
                    None => open = false,
                },
                Some(done) = self.sending.join_next() => self.note(&done),
                else => return,
            }
        }
    }

    fn note(&mut self, done: &Result<Option<u64>, task::JoinError>) {
        if let Ok(Some(number)) = done {
            self.unsent.remove(number);
        }
    }

    async fn cut_off(&mut self) {
        self.sending.abort_all();
        while let Some(done) = self.sending.join_next().await {
            self.note(&done);
        }
    }
}

/// Serves `listener` until `stop`. Returns the orders without a confirmation.
pub async fn serve(
    listener: impl Listener<Addr: Debug>,
    mailer: Mailer,
    stop: CancellationToken,
    grace: Duration,
) -> Vec<u64> {
    let (sender, mut orders) = mpsc::unbounded_channel();
    let state = Shop { stop: stop.clone(), orders: sender };
    let router = Router::new()
        .route("/orders", post(take))
        .route("/events", get(follow))
        .layer(from_fn_with_state(state.clone(), admit))
        .with_state(state);
    let server = axum::serve(listener, router)
        .with_graceful_shutdown(stop.clone().cancelled_owned());
    task::spawn(server.into_future());

    let mut work = Work::default();
    let deadline = async {
        stop.cancelled().await;
        sleep(grace).await;
    };
    tokio::select! {
        () = work.go_on(&mailer, &mut orders) => {}
        () = deadline => {}
    }

    // From here on handlers get an error. What they had sent is taken.
    orders.close();
    while let Some(number) = orders.recv().await {
        work.unsent.insert(number);
    }
    work.cut_off().await;
    work.unsent.into_iter().collect()
}
