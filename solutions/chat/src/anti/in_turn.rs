//! One socket after the other.

use std::{collections::HashMap, future::pending, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{
        State,
        ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code},
    },
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use futures::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use tokio::{select, sync::Mutex, task, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::given::*;

type Sinks = HashMap<task::Id, SplitSink<WebSocket, Message>>;

/// A chat room. Its clones are the same room.
#[derive(Clone)]
pub struct Room {
    members: Arc<Mutex<Sinks>>,
    patience: Duration,
    closing: CancellationToken,
    over: CancellationToken,
    tasks: TaskTracker,
}

impl Room {
    /// Its `close` waits no longer than `patience`. Called in a runtime.
    pub fn new(patience: Duration) -> Self {
        Self {
            members: Arc::default(),
            patience,
            closing: CancellationToken::new(),
            over: CancellationToken::new(),
            tasks: TaskTracker::new(),
        }
    }

    /// Its routes.
    pub fn router(&self) -> Router {
        Router::new().route("/room", get(join)).with_state(self.clone())
    }

    /// How many members are there.
    pub fn members(&self) -> usize {
        self.tasks.len()
    }

    /// Closes the room. It may be called again.
    pub async fn close(&self) {
        self.closing.cancel();
        self.tasks.close();
        if timeout(self.patience, self.tasks.wait()).await.is_err() {
            self.over.cancel();
            self.tasks.wait().await;
        }
    }

    /// Sends `text` to every member.
    async fn post(&self, text: &Utf8Bytes) {
        for sink in self.members.lock().await.values_mut() {
            // An error means that the connection is broken.
            let _ = sink.send(Message::Text(text.clone())).await;
        }
    }

    /// A member, from coming to going.
    async fn serve(&self, socket: WebSocket) {
        let id = task::id();
        let (sink, mut stream) = socket.split();
        self.members.lock().await.insert(id, sink);

        let fault = select! {
            fault = self.read(&mut stream) => fault,
            fault = self.say_goodbye(id) => fault,
            () = self.over.cancelled() => return,
        };
        let sink = self.members.lock().await.remove(&id);
        if let (Some(mut sink), Some(code)) = (sink, fault) {
            let _ = sink.send(goodbye(code)).await;
        }
    }

    /// Reads until the connection ends, or a fault, whose code it returns.
    async fn read(&self, stream: &mut SplitStream<WebSocket>) -> Option<u16> {
        loop {
            match stream.next().await? {
                Ok(Message::Text(text)) => self.post(&text).await,
                Ok(Message::Binary(_)) => return Some(close_code::UNSUPPORTED),
                // Reading on sends the answer to a ping or a close frame.
                Ok(_) => {}
                Err(error) => return code_for(&error),
            }
        }
    }

    /// Sends a close frame when the room is closed.
    async fn say_goodbye(&self, id: task::Id) -> Option<u16> {
        self.closing.cancelled().await;
        if let Some(sink) = self.members.lock().await.get_mut(&id) {
            let _ = sink.send(goodbye(close_code::AWAY)).await;
        }
        pending().await
    }
}

/// Lets a member in.
async fn join(State(room): State<Room>, upgrade: WebSocketUpgrade) -> Response {
    let counted = room.tasks.token();
    if room.closing.is_cancelled() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let upgrade = upgrade.max_message_size(LONGEST).max_frame_size(LONGEST);
    upgrade.on_upgrade(async move |socket| {
        room.serve(socket).await;
        drop(counted);
    })
}
