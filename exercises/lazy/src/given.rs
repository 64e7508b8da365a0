//! What the exercise gives you: types and functions that are ready to use.

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

/// `Ok`, or all errors in their order. Ready to use.
pub fn outcome(results: Vec<Result<(), CallError>>) -> Result<(), CloseError> {
    let errors: Vec<_> = results.into_iter().filter_map(Result::err).collect();
    if errors.is_empty() { Ok(()) } else { Err(CloseError::Incomplete(errors)) }
}
