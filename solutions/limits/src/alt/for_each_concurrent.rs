//! `for_each_concurrent`: the answer is dealt with in the place of its request.

use std::cell::RefCell;

use futures::{StreamExt, future::BoxFuture, stream};

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

/// Fetches the documents of `ids`; what is done with each answer belongs to the
/// work that is limited.
pub async fn fetch_all<S: Service>(
    service: &S,
    limit: usize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let client = &service.client();
    // All of it runs on one task, and nobody holds this across an await.
    let each = &RefCell::new(each);
    stream::iter(ids)
        .for_each_concurrent(limit, |id| async move {
            let answer = fetch(client, id).await;
            (*each.borrow_mut())(id, answer);
        })
        .await;
}

/// Fetches one document, its body included.
async fn fetch(client: &impl Client, id: u64) -> Answer {
    client.get(id).await?.await
}
