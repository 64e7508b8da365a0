//! # chat: one slow member cannot hold up the room
//!
//! Run a chat room over WebSockets, at `GET /room`.
//!
//! - A text message goes to every member, including its sender. All members
//!   see the same order.
//! - A member that does not read holds up no one. `WAITING` messages may wait
//!   for it. With one more it is dropped: its connection is closed.
//! - Members leave with a close frame, which is answered, or without one.
//!   `members` counts those still there.
//! - A message that is binary, over `LONGEST` or malformed gets a close frame,
//!   with 1003 or the code from `code_for`, and ends only its own sender.
//! - `close` sends each member what still waits, then a close frame, 1001. It
//!   returns when all connections are closed.
//! - Members that do not answer within `patience` are dropped.
//! - Anyone who comes after `close` was called gets 503.
//! - Rooms know nothing of each other.
//!
//! Give `Room` the fields you need. `goodbye` and `code_for` are in given.rs;
//! `axum`, `futures`, `tokio` and `tokio-util` are there. Run
//! `cargo test -p chat`. The page: book/src/chat.md

use std::time::Duration;

use axum::Router;

/// A chat room. Its clones are the same room.
#[derive(Clone)]
pub struct Room {}

impl Room {
    /// Its `close` waits for `patience`. Called in a runtime.
    pub fn new(patience: Duration) -> Self {
        let _ = patience;
        todo!("a room without members")
    }

    /// Its routes.
    pub fn router(&self) -> Router {
        todo!("GET /room")
    }

    /// How many members are there.
    pub fn members(&self) -> usize {
        todo!("count them")
    }

    /// Closes the room. It may be called again.
    pub async fn close(&self) {
        todo!("say goodbye, and wait")
    }
}
