//! # shutdown: stop, drain, cut off, report
//!
//! Serve a shop until `stop` is cancelled, then end it in good order.
//!
//! - `POST /orders` is answered 202 at once. The confirmation is sent in the
//!   background, once.
//! - `GET /events` sends `events()`, until `stop`.
//! - After `stop` no new order is taken, on whatever connection.
//! - Requests and confirmations under way then have `grace` to finish. Return
//!   as soon as they have: idle connections do not hold the end up.
//! - What takes longer is cut off. `grace` counts from `stop`, for all of it.
//! - Return the numbers of the orders that were taken and not confirmed, each
//!   once: the confirmation was cut off, or the mailer failed.
//! - After the return no confirmation is being sent, and no order is taken.
//! - Services know nothing of each other.
//!
//! The types, `events` and `Mailer::confirm` are in given.rs; `axum`, `tokio`,
//! `tokio-util` and `futures` are there. Run `cargo test -p shutdown`. The
//! page: book/src/shutdown.md

use std::{fmt::Debug, time::Duration};

use axum::serve::Listener;
use tokio_util::sync::CancellationToken;

use crate::given::*;

/// Serves `listener` until `stop`. Returns the orders without a confirmation.
/// `grace` is time of tokio's clock.
pub async fn serve(
    listener: impl Listener<Addr: Debug>,
    mailer: Mailer,
    stop: CancellationToken,
    grace: Duration,
) -> Vec<u64> {
    drop((listener, mailer, stop, grace));
    todo!("serve, stop, drain, cut off, report")
}
