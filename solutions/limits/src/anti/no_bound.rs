//! Workers that never wait for whoever hands over: what they have fetched lies in
//! a channel without a bound.

use std::{
    panic::resume_unwind,
    sync::{Arc, Mutex, PoisonError},
};

use futures::future::BoxFuture;
use tokio::{sync::mpsc, task::JoinSet};

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

/// Fetches the documents of `ids` with `limit` workers, each on a task.
pub async fn fetch_all<S: Service>(
    service: &S,
    limit: usize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    mut each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let client = service.client();
    let ids = Arc::new(Mutex::new(ids));
    let (answers, mut came) = mpsc::unbounded_channel();
    let mut workers = JoinSet::new();
    for _ in 0..limit {
        let (client, ids) = (client.clone(), Arc::clone(&ids));
        workers.spawn(work(client, ids, answers.clone()));
    }
    drop(answers);
    while let Some((id, answer)) = came.recv().await {
        each(id, answer);
    }
    while let Some(ended) = workers.join_next().await {
        if let Err(panicked) = ended {
            resume_unwind(panicked.into_panic());
        }
    }
}

/// Fetches ids from the list until it is empty.
async fn work(
    client: impl Client,
    ids: Arc<Mutex<impl Iterator<Item = u64>>>,
    answers: mpsc::UnboundedSender<(u64, Answer)>,
) {
    loop {
        let id = ids.lock().unwrap_or_else(PoisonError::into_inner).next();
        let Some(id) = id else { break };
        let answer = fetch(&client, id).await;
        if answers.send((id, answer)).is_err() {
            break;
        }
    }
}

/// Fetches one document, its body included.
async fn fetch(client: &impl Client, id: u64) -> Answer {
    client.get(id).await?.await
}
