//! The room on the network. Whoever is on the network may be hostile or broken: what a request may
//! take of time, of size and of connections is limited, and each is answered on a connection of its
//! own.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{DefaultBodyLimit, Extension, Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderName, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use workbook::learner::board::message::{Join, Leave, Report};

use crate::page;
use crate::room::{Refused, Room};

/// A report on a hundred exercises has half of that.
const LARGEST: usize = 4 * 1024;
/// A connection is over after so long, whatever it was doing.
const LONGEST: Duration = Duration::from_secs(5);
/// How many connections are open at once. Others wait until one of them is over.
const CONNECTIONS: usize = 128;
/// How long to wait where no connection can be taken, for want of open files for example.
const PAUSE: Duration = Duration::from_millis(100);

/// Nothing of a page comes from elsewhere, and nobody else puts it in a frame.
const HEADERS: [(HeaderName, &str); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
];

/// A room that requests can reach.
#[derive(Clone)]
pub struct Board {
    room: Arc<Mutex<Room>>,
    address: String,
}

/// Who asks.
#[derive(Clone, Copy)]
struct Peer(IpAddr);

impl Board {
    /// `address`: where learners find it, as the page says it.
    pub fn new(room: Room, address: String) -> Self {
        Self { room: Arc::new(Mutex::new(room)), address }
    }

    /// What it knows.
    pub fn room(&self) -> MutexGuard<'_, Room> {
        self.room.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers whoever comes to `listener`, for ever.
    pub async fn serve(self, listener: TcpListener) {
        let router = self.router();
        let free = Arc::new(Semaphore::new(CONNECTIONS));
        loop {
            // It is never closed.
            let Ok(permit) = Arc::clone(&free).acquire_owned().await else { return };
            let Ok((stream, peer)) = listener.accept().await else {
                sleep(PAUSE).await;
                continue;
            };
            let router = router.clone().layer(Extension(Peer(peer.ip())));
            tokio::spawn(async move {
                let service = TowerToHyperService::new(router);
                let connection = http1::Builder::new()
                    .keep_alive(false)
                    .serve_connection(TokioIo::new(stream), service);
                // One that is too slow is cut off, and a broken one has nobody to tell.
                timeout(LONGEST, connection).await.ok();
                drop(permit);
            });
        }
    }

    fn router(self) -> Router {
        let css = [(header::CONTENT_TYPE, "text/css; charset=utf-8")];
        let js = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
        Router::new()
            .route("/", get(whole))
            .route("/table", get(table))
            .route("/board.css", get(async move || (css, page::STYLE)))
            .route("/board.js", get(async move || (js, page::SCRIPT)))
            .route("/join", post(join))
            .route("/report", post(report))
            .route("/leave", post(leave))
            .layer(DefaultBodyLimit::max(LARGEST))
            .layer(middleware::from_fn(guard))
            .with_state(self)
    }
}

/// A page of another site must not read this one under a name that leads to this machine: only
/// addresses are answered, and `localhost`.
async fn guard(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.and_then(|host| host.parse::<Authority>().ok());
    let is_address = host.is_some_and(|host| {
        let name = host.host().trim_matches(['[', ']']);
        name == "localhost" || name.parse::<IpAddr>().is_ok()
    });
    if !is_address {
        return (StatusCode::MISDIRECTED_REQUEST, "ask for the board by its address")
            .into_response();
    }
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, header::HeaderValue::from_static(value));
    }
    response
}

/// The code is for those whom the facilitator shows it: it is on the page of this machine alone.
async fn whole(State(board): State<Board>, Extension(Peer(from)): Extension<Peer>) -> Html<String> {
    Html(page::page(&board.room(), &board.address, from.to_canonical().is_loopback()))
}

async fn table(State(board): State<Board>) -> Html<String> {
    Html(page::table(&board.room()))
}

async fn join(
    State(board): State<Board>,
    Extension(Peer(from)): Extension<Peer>,
    Json(asked): Json<Join>,
) -> Result<Response, Refused> {
    let joined = board.room().join(from, &asked, Instant::now())?;
    Ok(Json(joined).into_response())
}

async fn report(
    State(board): State<Board>,
    Json(told): Json<Report>,
) -> Result<StatusCode, Refused> {
    board.room().report(told, Instant::now())?;
    Ok(StatusCode::NO_CONTENT)
}

async fn leave(State(board): State<Board>, Json(left): Json<Leave>) -> Result<StatusCode, Refused> {
    board.room().leave(&left)?;
    Ok(StatusCode::NO_CONTENT)
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status()).unwrap_or(StatusCode::BAD_REQUEST);
        (status, self.to_string()).into_response()
    }
}
