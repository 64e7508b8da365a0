//! # lazy: every call is made, and every error returned
//!
//! Close a paid order. First `store` it; if that fails, make no other call and
//! return `NotStored`. When it is stored, make the others, one by one or
//! together: `send_receipt` if `email` is `Some`, `refresh` for each entry of
//! `products`, and `audit`. Every call, `store` too, is made once, also if it
//! fails; of the others, one that fails stops none. (A call is made when its
//! future is first polled; a future that nobody polls is no call.) When you
//! return, every call has ended, however long it takes, and none was dropped
//! before its end: `Ok` if all succeeded, else `Incomplete` with the error of
//! each that failed, as it came: the receipt's, those of the refreshes in the
//! order of `products`, the audit's. Write the body of `close`; all else is
//! ready to use, and `tokio` and `futures` are there. Then run:
//!
//! ```sh
//! cargo test -p lazy
//! ```
//!
//! The page: book/src/lazy.md

/// A paid order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub id: u32,
    /// Where the receipt goes; not every buyer leaves an address.
    pub email: Option<String>,
    /// What was bought; a product may stand there twice.
    pub products: Vec<String>,
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CallError(pub String);

/// Why an order is not closed, or not quite.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CloseError {
    /// `store` failed, and nothing else was called.
    #[error("the order is not stored: {0}")]
    NotStored(CallError),
    /// The order is stored, and these calls failed.
    #[error("{} calls failed", .0.len())]
    Incomplete(Vec<CallError>),
}

/// The services of the shop.
pub trait Shop: Clone + Send + Sync + 'static {
    /// Stores that the order is closed.
    fn store(
        &self,
        order: u32,
    ) -> impl Future<Output = Result<(), CallError>> + Send;

    /// Sends the receipt of an order.
    fn send_receipt(
        &self,
        order: u32,
        email: &str,
    ) -> impl Future<Output = Result<(), CallError>> + Send;

    /// Builds a product's page anew, with one less in stock.
    fn refresh(
        &self,
        product: &str,
    ) -> impl Future<Output = Result<(), CallError>> + Send;

    /// Enters the order into the audit log.
    fn audit(
        &self,
        order: u32,
    ) -> impl Future<Output = Result<(), CallError>> + Send;
}

/// Closes `order`: stores it, and then tells everybody who is to know.
pub async fn close<S: Shop>(shop: &S, order: &Order) -> Result<(), CloseError> {
    let _ = shop; // until it is used: delete this line
    todo!("close order {}", order.id)
}
