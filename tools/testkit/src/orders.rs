//! Customers of a shop in memory: their orders, whole or by halves, and which of them were taken.
//!
//! ```
//! use axum::{Router, http::StatusCode, routing::post};
//! use testkit::{memory, orders::Orders};
//!
//! testkit::run_paused(async || {
//!     let (door, listener) = memory::listen();
//!     // Answers when the whole body has come.
//!     let take = async |_order: String| StatusCode::ACCEPTED;
//!     let router = Router::new().route("/orders", post(take));
//!     tokio::spawn(async move { axum::serve(listener, router).await });
//!
//!     let orders = Orders::new(door);
//!     let mut slow = orders.half(7).await.expect("the shop is open");
//!     assert_eq!(slow.rest().await, Some(202));
//!     assert_eq!(orders.taken_without(&[3]), [7]);
//! });
//! ```

use tokio::io::DuplexStream;

use crate::{
    expect::unmatched,
    memory::{Connection, Door, post},
    shared_list::SharedList,
};

/// The orders of a shop.
pub struct Orders {
    door: Door,
    taken: SharedList<u64>,
}

/// An order of which the second half has to come.
pub struct Half {
    /// Its connection.
    pub customer: Connection<DuplexStream>,
    number: u64,
    rest: String,
    taken: SharedList<u64>,
}

impl Orders {
    /// Those that come in by this door.
    pub fn new(door: Door) -> Self {
        Self { door, taken: SharedList::default() }
    }

    /// Sends the first half of an order, on a connection of its own; `None` if the shop lets nobody
    /// in.
    pub async fn half(&self, number: u64) -> Option<Half> {
        let mut customer = self.door.connect()?;
        let [begun, rest] = order(number);
        customer.send(&begun).await;
        Some(Half { customer, number, rest, taken: self.taken.clone() })
    }

    /// A connection on which nothing has been sent; `None` if the shop lets nobody in.
    pub fn connect(&self) -> Option<Connection<DuplexStream>> {
        self.door.connect()
    }

    /// The status for a new order on a connection of its own, if it comes within half a second.
    pub async fn status(&self, number: u64) -> Option<u16> {
        let mut order = self.half(number).await?;
        order.customer.send(&order.rest).await;
        order.customer.status_within(500).await
    }

    /// The orders that were taken and are none of these, in ascending order.
    pub fn taken_without(&self, others: &[u64]) -> Vec<u64> {
        let mut left = unmatched(self.taken.to_vec(), others.to_vec()).0;
        left.sort_unstable();
        left
    }
}

impl Half {
    /// Sends the rest, and gives the status, if it comes within a second.
    pub async fn rest(&mut self) -> Option<u16> {
        self.customer.send(&self.rest).await;
        let status = self.customer.status_within(1_000).await;
        self.note(status)
    }

    /// The same, however long it takes; `None` if the connection ends first.
    pub async fn rest_at_last(&mut self) -> Option<u16> {
        self.customer.send(&self.rest).await;
        let status = self.customer.status().await;
        self.note(status)
    }

    /// Notes that the order was taken, if it was.
    fn note(&self, status: Option<u16>) -> Option<u16> {
        if is_taken(status) {
            self.taken.push(self.number);
        }
        status
    }
}

/// A `POST /orders` with this number, in two parts.
pub fn order(number: u64) -> [String; 2] {
    post("/orders", &format!("{{ \"number\": {number} }}"))
}

/// Whether the customer believes that the order was taken.
pub fn is_taken(status: Option<u16>) -> bool {
    status.is_some_and(|status| (200..300).contains(&status))
}

/// A status in words.
pub fn described(status: Option<u16>) -> String {
    status.map_or("none".to_owned(), |status| status.to_string())
}

/// The numbers of these orders, or how many they are.
pub fn listed(numbers: &[u64]) -> String {
    match numbers.len() {
        0..=12 => format!("{numbers:?}"),
        many => format!("{many} orders"),
    }
}
