//! A task that owns the members, and does what it is told, one thing at a time.

use std::{collections::HashMap, future::pending, time::Duration};

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
    sync::{mpsc, watch},
    task,
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::given::*;

/// What the owner of the members is told.
enum Order {
    Join(task::Id, Member),
    Say(Utf8Bytes),
    Leave(task::Id),
    Close,
}

/// What it keeps of a member.
struct Member {
    queue: mpsc::Sender<Utf8Bytes>,
    /// Cancelled when the member is dropped.
    dropped: CancellationToken,
}

/// Owns the members, until no one can give orders.
async fn own(mut orders: mpsc::Receiver<Order>, count: watch::Sender<usize>) {
    let mut members = HashMap::new();
    let mut is_open = true;
    while let Some(order) = orders.recv().await {
        match order {
            Order::Join(id, member) => drop(members.insert(id, member)),
            Order::Say(text) => members.retain(|_, member| {
                let taken = member.queue.try_send(text.clone()).is_ok();
                if !taken {
                    member.dropped.cancel();
                }
                taken
            }),
            Order::Leave(id) => drop(members.remove(&id)),
            Order::Close => is_open = false,
        }
        if !is_open {
            // A queue ends with its sender, when it is empty.
            members.clear();
        }
        count.send_replace(members.len());
    }
}

/// A chat room. Its clones are the same room.
#[derive(Clone)]
pub struct Room {
    orders: mpsc::Sender<Order>,
    count: watch::Receiver<usize>,
    patience: Duration,
    closing: CancellationToken,
    over: CancellationToken,
    tasks: TaskTracker,
}

impl Room {
    /// Its `close` waits no longer than `patience`. Called in a runtime.
    pub fn new(patience: Duration) -> Self {
        let (orders, received) = mpsc::channel(WAITING);
        let (counted, count) = watch::channel(0);
        task::spawn(own(received, counted));
        Self {
            orders,
            count,
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
        *self.count.borrow()
    }

    /// Closes the room. It may be called again.
    pub async fn close(&self) {
        self.closing.cancel();
        self.tasks.close();
        let closed = async {
            self.tell(Order::Close).await;
            self.tasks.wait().await;
        };
        if timeout(self.patience, closed).await.is_err() {
            self.over.cancel();
            self.tasks.wait().await;
        }
    }

    async fn tell(&self, order: Order) {
        // The owner lives as long as a room does.
        let _ = self.orders.send(order).await;
    }

    /// A member, from coming to going.
    async fn serve(&self, socket: WebSocket) {
        let id = task::id();
        let (queue, waiting) = mpsc::channel(WAITING);
        let dropped = self.over.child_token();
        let member = Member { queue, dropped: dropped.clone() };
        self.tell(Order::Join(id, member)).await;

        let (mut sink, mut stream) = socket.split();
        let talk = async {
            let fault = select! {
                fault = self.read(&mut stream) => fault,
                fault = write(&mut sink, waiting) => fault,
            };
            self.tell(Order::Leave(id)).await;
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
            () = dropped.cancelled() => {}
        }
        self.tell(Order::Leave(id)).await;
    }

    /// Reads until the member leaves, or a fault, whose code it returns.
    async fn read(&self, stream: &mut SplitStream<WebSocket>) -> Option<u16> {
        loop {
            match stream.next().await? {
                Ok(Message::Text(text)) => {
                    self.tell(Order::Say(text)).await;
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
}

/// Sends what waits, and a close frame when the queue has ended. It never
/// returns: what comes after that is for `read`, and so is an error.
async fn write(
    sink: &mut SplitSink<WebSocket, Message>,
    mut waiting: mpsc::Receiver<Utf8Bytes>,
) -> Option<u16> {
    while let Some(text) = waiting.recv().await {
        if sink.send(Message::Text(text)).await.is_err() {
            return pending().await;
        }
    }
    let _ = sink.send(goodbye(close_code::AWAY)).await;
    pending().await
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
