//! What the exercise gives you: types that are ready to use.

use futures::future::BoxFuture;

/// A document's text, or why there is none.
pub type Answer = Result<String, FetchError>;

/// The rest of a response whose head has arrived: await it to read the body to
/// its end.
pub type Body = BoxFuture<'static, Answer>;

/// Why there is no document to hand over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The service answered with a status that is not a success.
    #[error("the service answered {0}")]
    Status(u16),
    /// The body broke off before its end.
    #[error("the answer broke off")]
    BrokenOff,
}

/// Sends requests. Its clones share its connections.
pub trait Client: Clone + Send + Sync + 'static {
    /// Asks for document `id` and waits for the head of the response. The
    /// request is in flight until this fails or the body has been read.
    fn get(
        &self,
        id: u64,
    ) -> impl Future<Output = Result<Body, FetchError>> + Send;
}
