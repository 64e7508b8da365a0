//! What the exercise gives you: types and functions that are ready to use.

use futures::future::BoxFuture;

/// A document's text, or why there is none.
pub type Answer = Result<String, FetchError>;

/// What is still to come of an answer whose head is there. Await it to read it
/// to its end.
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

/// A service that keeps documents.
pub trait Service {
    type Client: Client;

    /// Makes a client with connections of its own.
    fn client(&self) -> Self::Client;
}

/// Sends requests. Its clones share its connections.
pub trait Client: Clone + Send + Sync + 'static {
    /// Asks for document `id` and waits for the head of the answer. A request
    /// is in flight until it has failed or its body is read to the end.
    fn get(
        &self,
        id: u64,
    ) -> impl Future<Output = Result<Body, FetchError>> + Send;
}
