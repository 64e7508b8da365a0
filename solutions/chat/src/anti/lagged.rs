//! A receiver that ends when it has lagged.

use std::{future::pending, time::Duration};

use axum::{
    Router,
    extract::{
        State,
        ws::{Message, WebSocket, WebSocketUpgrade, close_code},
    },
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use futures::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use tokio::{select, sync::broadcast, task, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::given::*;

/// A chat room. Its clones are the same room.
#[derive(Clone)]
pub struct Room {
    posts: broadcast::Sender<Message>,
    patience: Duration,
    closing: CancellationToken,
    over: CancellationToken,
    tasks: TaskTracker,
}

impl Room {
    /// Its `close` waits no longer than `patience`. Called in a runtime.
    pub fn new(patience: Duration) -> Self {
        Self {
            posts: broadcast::Sender::new(WAITING),
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
        self.posts.receiver_count()
    }

    /// Closes the room. It may be called again.
    pub async fn close(&self) {
        self.closing.cancel();
        let _ = self.posts.send(goodbye(close_code::AWAY));
        self.tasks.close();
        if timeout(self.patience, self.tasks.wait()).await.is_err() {
            self.over.cancel();
            self.tasks.wait().await;
        }
    }

    /// A member, from coming to going.
    async fn serve(&self, socket: WebSocket) {
        let posts = self.posts.subscribe();
        let (mut sink, mut stream) = socket.split();
        let fault = select! {
            fault = self.read(&mut stream) => fault,
            fault = self.write(&mut sink, posts) => fault,
            () = self.over.cancelled() => return,
        };
        if let Some(code) = fault {
            // An error means that the connection is broken.
            let _ = sink.send(goodbye(code)).await;
        }
    }

    /// Reads until the connection ends, or a fault, whose code it returns.
    async fn read(&self, stream: &mut SplitStream<WebSocket>) -> Option<u16> {
        loop {
            match stream.next().await? {
                Ok(Message::Text(text)) => {
                    // An error means that no one is there.
                    let _ = self.posts.send(Message::Text(text));
                    // The others' tasks run before its next message.
                    task::yield_now().await;
                }
                Ok(Message::Binary(_)) => return Some(close_code::UNSUPPORTED),
                // Reading on sends the answer to a ping or a close frame.
                Ok(_) => {}
                Err(error) => return code_for(&error),
            }
        }
    }

    /// Sends what is posted, to the close frame.
    async fn write(
        &self,
        sink: &mut SplitSink<WebSocket, Message>,
        mut posts: broadcast::Receiver<Message>,
    ) -> Option<u16> {
        while let Ok(message) = posts.recv().await {
            let is_last = matches!(message, Message::Close(_));
            if sink.send(message).await.is_err() || is_last {
                break;
            }
        }
        // What comes after that is for `read`.
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
