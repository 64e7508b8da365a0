//! One ring of messages for the whole room, and each member's place in it.

use std::{sync::Arc, time::Duration};

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
    sync::{Notify, broadcast},
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::given::*;

/// A chat room. Its clones are the same room.
#[derive(Clone)]
pub struct Room {
    posts: broadcast::Sender<Utf8Bytes>,
    /// There is a new post.
    posted: Arc<Notify>,
    patience: Duration,
    closing: CancellationToken,
    over: CancellationToken,
    tasks: TaskTracker,
}

/// What the end of a member asks for.
enum End {
    /// A close frame with this code.
    Fault(u16),
    /// Nothing: it is gone, or cannot be reached.
    Gone,
}

impl Room {
    /// Its `close` waits for `patience`. Called in a runtime.
    pub fn new(patience: Duration) -> Self {
        Self {
            posts: broadcast::Sender::new(WAITING),
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
            let end = select! {
                end = self.read(&mut stream) => end,
                end = self.write(&mut sink, &mut posts) => end,
            };
            if let End::Fault(code) = end {
                let sent = sink.send(goodbye(code));
                select! {
                    // An error means that the connection is broken.
                    _ = sent => {}
                    () = self.is_behind(&posts) => {}
                }
            }
        };
        select! {
            () = talk => {}
            () = self.over.cancelled() => {}
        }
    }

    /// Reads until the connection ends, or a fault.
    async fn read(&self, stream: &mut SplitStream<WebSocket>) -> End {
        loop {
            match stream.next().await {
                Some(Ok(Message::Text(text))) => {
                    // An error means that nobody is there.
                    let _ = self.posts.send(text);
                    self.posted.notify_waiters();
                }
                Some(Ok(Message::Binary(_))) => {
                    return End::Fault(close_code::UNSUPPORTED);
                }
                // Reading on sends the answer to a ping or a close frame.
                Some(Ok(_)) => {}
                Some(Err(error)) => {
                    return code_for(&error).map_or(End::Gone, End::Fault);
                }
                None => return End::Gone,
            }
        }
    }

    /// Sends what is posted, and a close frame when the room is closed.
    async fn write(
        &self,
        sink: &mut SplitSink<WebSocket, Message>,
        posts: &mut broadcast::Receiver<Utf8Bytes>,
    ) -> End {
        loop {
            let message = select! {
                biased;
                // An error means that the ring has gone over it.
                text = posts.recv() => match text {
                    Ok(text) => Message::Text(text),
                    Err(_) => return End::Gone,
                },
                () = self.closing.cancelled() => goodbye(close_code::AWAY),
            };
            let is_last = matches!(message, Message::Close(_));
            // Sending may take for ever, and sees no message that comes.
            select! {
                sent = sink.send(message) => if sent.is_err() {
                    return End::Gone;
                },
                () = self.is_behind(posts) => return End::Gone,
            }
            if is_last {
                // The answer is for `read`.
                self.is_behind(posts).await;
                return End::Gone;
            }
        }
    }

    /// Waits until more wait than may.
    async fn is_behind(&self, posts: &broadcast::Receiver<Utf8Bytes>) {
        loop {
            let posted = self.posted.notified();
            if posts.len() > WAITING {
                return;
            }
            posted.await;
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
