//! # shutdown: stop, drain, cut off, report
//!
//! Serve a shop until `stop` is cancelled, then shut it down in good order.
//!
//! - `POST /orders` is answered 202 at once. The confirmation is sent in the
//!   background, once.
//! - `GET /events` streams `events()`. The response ends at `stop`.
//! - A request whose head arrives after `stop` takes no order, on any
//!   connection, old or new.
//! - What is under way at `stop` has `grace` to finish: requests, also those
//!   whose body is still arriving, and all confirmations. Return as soon as
//!   they have finished: idle connections do not delay it.
//! - When `grace` is over, confirmations that are left are cut off. There is
//!   one deadline, `stop` + `grace`, for all of it.
//! - Return the numbers of the orders that were taken and not confirmed, each
//!   once: the confirmation was cut off or never begun, or the mailer failed or
//!   panicked, even before `stop`.
//! - After the return no confirmation is being sent, and no order is taken.
//! - Several services may run in one process. None affects another.
//!
//! The types, `events` and `Mailer::confirm` are in given.rs; `axum`, `tokio`,
//! `tokio-util` and `futures` are there. Run `cargo test -p shutdown`. The
//! page: book/src/shutdown.md

use std::{fmt::Debug, time::Duration};

use axum::serve::Listener;
use tokio_util::sync::CancellationToken;

use crate::given::*;

/// Serves `listener` until `stop`. Returns the orders without a confirmation.
/// An order that is refused is answered 503, or its connection ends.
///
/// `stop` may be cancelled before the call. Measure `grace` with tokio's clock;
/// any duration is allowed. The caller awaits the future to its end.
pub async fn serve(
    listener: impl Listener<Addr: Debug>,
    mailer: Mailer,
    stop: CancellationToken,
    grace: Duration,
) -> Vec<u64> {
    drop((listener, mailer, stop, grace));
    todo!("serve, stop, drain, cut off, report")
}
