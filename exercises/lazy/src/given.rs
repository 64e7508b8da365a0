//! What the exercise gives you: types and functions that are ready to use.

/// A paid order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub id: u32,
    /// Where the receipt goes, as the buyer wrote it; `None` where there is no
    /// address.
    pub email: Option<String>,
    /// What was bought. A product may occur twice.
    pub products: Vec<String>,
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CallError(pub String);

/// Why an order is not closed, or not completely.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CloseError {
    /// `store` failed, and nothing else was called.
    #[error("the order is not stored")]
    NotStored(#[source] CallError),
    /// The order is stored, and these calls failed.
    #[error("{} calls failed", .0.len())]
    Incomplete(Vec<CallError>),
}

/// The services of the shop. Each of these calls makes a future, which does
/// nothing until it is polled.
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

    /// Builds a product's page again, with one less in stock.
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

/// `Ok`, or all errors in the order of the results.
pub fn outcome(results: Vec<Result<(), CallError>>) -> Result<(), CloseError> {
    let errors: Vec<_> = results.into_iter().filter_map(Result::err).collect();
    if errors.is_empty() { Ok(()) } else { Err(CloseError::Incomplete(errors)) }
}
