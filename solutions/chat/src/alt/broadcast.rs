//! One ring of messages for the whole room, and each member's place in it.

use std::{future::pending, sync::Arc, time::Duration};

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
use tokio::{
    select,
    sync::{
        Notify,
        broadcast::{Receiver, Sender},
    },
    task,
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::given::*;

/// A chat room. Its clones are the same room.
#[derive(Clone)]
pub struct Room {
    posts: Sender<Utf8Bytes>,
    /// There is a new post.
    posted: Arc<Notify>,
    patience: Duration,
    closing: CancellationToken,
    over: CancellationToken,
    tasks: TaskTracker,
}

impl Room {
    /// Its `close` waits no longer than `patience`. Called in a runtime.
    pub fn new(patience: Duration) -> Self {
        Self {
            posts: Sender::new(WAITING),
            posted: Arc::default(),
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
        self.tasks.close();
        if timeout(self.patience, self.tasks.wait()).await.is_err() {
            self.over.cancel();
            self.tasks.wait().await;
        }
    }

    /// A member, from coming to going.
    async fn serve(&self, socket: WebSocket) {
        let mut posts = self.posts.subscribe();
        let (mut sink, mut stream) = socket.split();
        let talk = async {
            let fault = select! {
                fault = self.read(&mut stream) => fault,
                () = self.write(&mut sink, &mut posts) => return,
            };
            drop(posts);
            let last_words = async {
                match fault {
                    // An error means that the connection is broken.
                    Some(code) => drop(sink.send(goodbye(code)).await),
                    // Reading on sends the answer to a close frame.
                    None => while stream.next().await.is_some() {},
                }
            };
            // An error means that the member does not read them.
            let _ = timeout(self.patience, last_words).await;
        };
        select! {
            () = talk => {}
            () = self.over.cancelled() => {}
        }
    }

    /// Reads until the member leaves, or a fault, whose code it returns.
    async fn read(&self, stream: &mut SplitStream<WebSocket>) -> Option<u16> {
        loop {
            match stream.next().await? {
                Ok(Message::Text(text)) => {
                    // An error means that no one is there.
                    let _ = self.posts.send(text);
                    self.posted.notify_waiters();
                    // The others' tasks run before its next message.
                    task::yield_now().await;
                }
                Ok(Message::Binary(_)) => return Some(close_code::UNSUPPORTED),
                Ok(Message::Close(_)) => return None,
                // Reading on sends the answer to a ping.
                Ok(_) => {}
                Err(error) => return code_for(&error),
            }
        }
    }

    /// Sends what is posted, and a close frame when the room is closed. It
    /// returns if the member is too far behind.
    async fn write(
        &self,
        sink: &mut SplitSink<WebSocket, Message>,
        posts: &mut Receiver<Utf8Bytes>,
    ) {
        loop {
            let message = select! {
                biased;
                text = posts.recv() => match text {
                    Ok(text) => Message::Text(text),
                    // The ring has overtaken the member.
                    Err(_) => return,
                },
                () = self.closing.cancelled() => goodbye(close_code::AWAY),
            };
            let is_last = matches!(message, Message::Close(_));
            if !self.send(sink, message, posts).await {
                return;
            }
            if is_last {
                // The answer is for `read`.
                return pending().await;
            }
        }
    }

    /// Sends one message; false if the connection is broken, or more messages
    /// wait than may.
    async fn send(
        &self,
        sink: &mut SplitSink<WebSocket, Message>,
        message: Message,
        posts: &Receiver<Utf8Bytes>,
    ) -> bool {
        let is_behind = async {
            loop {
                let posted = self.posted.notified();
                if posts.len() > WAITING {
                    break;
                }
                posted.await;
            }
        };
        select! {
            sent = sink.send(message) => sent.is_ok(),
            () = is_behind => false,
        }
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
