//! # limits: at most so many at once, and really so many
//!
//! Fetch the documents of `ids` through one client. Have at most `limit`
//! requests in flight, and `limit` as long as enough ids are left and `each`
//! keeps up: the moment one is over, good or bad, the next is sent. Read their
//! bodies side by side, not one after another. Hand each result to `each`, with
//! its id, as soon as it is there, in no certain order. An id that comes twice
//! is asked for twice and handed over twice. Call `each` straight from async
//! code: no thread has to be made for it. It may block for a moment, on a
//! runtime with several threads only. Between being taken from `ids` and being
//! handed over, hold at most ten times `limit` of them. Return when all are
//! handed over. Write the body of `fetch_all`; all else is ready to use, and
//! `tokio` and `futures` are there. Then run:
//!
//! ```sh
//! cargo test -p limits
//! ```
//!
//! The page: book/src/limits.md

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

/// Fetches the documents of `ids`, at most `limit` at a time (at least 1), and
/// hands each result to `each` with its id.
pub async fn fetch_all<S: Service>(
    service: &S,
    limit: usize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let _ = (service, &ids, &each); // until they are used: delete this line
    todo!("fetch the documents, {limit} at a time")
}
