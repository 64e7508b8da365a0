//! # chat: one slow member cannot hold up the room
//!
//! Run a chat room over WebSockets, at `GET /room`.
//!
//! - A text message goes to every member, including its sender. All members
//!   hear all messages in the same order.
//! - A member that does not read holds up no one, and is still heard. Up to
//!   `WAITING` messages wait for it. When one more comes, the member is dropped:
//!   it no longer counts, and its connection is closed at once.
//! - Members leave with a close frame, which is answered, or without one.
//!   `members` counts those still there.
//! - A message that is binary (1003), longer than `LONGEST` or malformed
//!   (`code_for`) is answered with a close frame. From then on its sender is no
//!   longer a member; nothing happens to the others.
//! - `close` sends each member what still waits, then a close frame, 1001. Each
//!   call returns when all connections are closed.
//! - A member that has not answered `patience` after the call is dropped.
//! - Anyone who comes after `close` was called gets 503.
//! - Rooms do not affect each other.
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
    /// Its `close` waits no longer than `patience`. Called in a runtime.
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

    /// Closes the room. It may be called again, also while it runs, or after a
    /// call was dropped.
    pub async fn close(&self) {
        todo!("say goodbye, and wait")
    }
}
