//! No more than two seconds, whatever `patience` says.

use std::{
    collections::HashMap,
    future::pending,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

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
    sync::mpsc::{self, Receiver, Sender},
    task,
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::given::*;

/// What the room keeps of a member.
struct Member {
    queue: Sender<Utf8Bytes>,
    /// Cancelled when the member is dropped.
    dropped: CancellationToken,
}

/// A chat room. Its clones are the same room.
#[derive(Clone)]
pub struct Room {
    members: Arc<Mutex<HashMap<task::Id, Member>>>,
    patience: Duration,
    closing: CancellationToken,
    /// The parent of every member's token.
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
        self.lock().len()
    }

    /// Closes the room. It may be called again.
    pub async fn close(&self) {
        self.closing.cancel();
        self.tasks.close();
        let patience = self.patience.min(Duration::from_secs(2));
        if timeout(patience, self.tasks.wait()).await.is_err() {
            self.over.cancel();
            self.tasks.wait().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<task::Id, Member>> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts `text` into every queue. A member whose queue is full is dropped.
    fn post(&self, text: &Utf8Bytes) {
        self.lock().retain(|_, member| {
            let taken = member.queue.try_send(text.clone()).is_ok();
            if !taken {
                member.dropped.cancel();
            }
            taken
        });
    }

    /// A member, from coming to going.
    async fn serve(&self, socket: WebSocket) {
        let (queue, waiting) = mpsc::channel(WAITING);
        let dropped = self.over.child_token();
        // The id of this task, which `on_upgrade` has spawned, is unique.
        let id = task::id();
        self.lock().insert(id, Member { queue, dropped: dropped.clone() });

        // Also while it waits for a socket that takes nothing.
        select! {
            () = self.talk(socket, waiting) => {}
            () = dropped.cancelled() => {}
        }
        self.leave();
    }

    /// The member whose task this is, is one no longer.
    fn leave(&self) {
        self.lock().remove(&task::id());
    }

    /// Reads and sends, until the member leaves or is refused, and answers.
    async fn talk(&self, socket: WebSocket, waiting: Receiver<Utf8Bytes>) {
        let (mut sink, mut stream) = socket.split();
        let fault = select! {
            fault = self.read(&mut stream) => fault,
            fault = self.write(&mut sink, waiting) => fault,
        };
        self.leave();
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
    }

    /// Reads until the member leaves, or a fault, whose code it returns.
    async fn read(&self, stream: &mut SplitStream<WebSocket>) -> Option<u16> {
        loop {
            match stream.next().await? {
                Ok(Message::Text(text)) => {
                    self.post(&text);
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

    /// Sends what waits, and a close frame when the room is closed. It never
    /// returns: what comes after that is for `read`, and so is an error.
    async fn write(
        &self,
        sink: &mut SplitSink<WebSocket, Message>,
        mut waiting: Receiver<Utf8Bytes>,
    ) -> Option<u16> {
        loop {
            let message = select! {
                biased;
                Some(text) = waiting.recv() => Message::Text(text),
                () = self.closing.cancelled() => goodbye(close_code::AWAY),
            };
            let is_last = matches!(message, Message::Close(_));
            if sink.send(message).await.is_err() || is_last {
                return pending().await;
            }
        }
    }
}

/// Lets a member in.
async fn join(State(room): State<Room>, upgrade: WebSocketUpgrade) -> Response {
    // Count first, then check: `close` cannot miss this member.
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
