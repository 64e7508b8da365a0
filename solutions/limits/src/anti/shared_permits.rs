//! Permits that outlive the call: a second call on this thread waits for the
//! first.

use std::{cell::OnceCell, num::NonZeroUsize, sync::Arc};

use futures::{StreamExt, stream};
use tokio::sync::Semaphore;

use crate::given::*;

thread_local! {
    static PERMITS: OnceCell<Arc<Semaphore>> = const { OnceCell::new() };
}

/// The first call decides on the limit of all.
fn permits(limit: usize) -> Arc<Semaphore> {
    let new = || Arc::new(Semaphore::new(limit));
    PERMITS.with(|permits| Arc::clone(permits.get_or_init(new)))
}

/// Fetches the documents of `ids` with a permit for each request.
pub async fn fetch_all(
    client: impl Client,
    limit: NonZeroUsize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    mut each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let (client, permits) = (&client, &permits(limit.get()));
    let mut answers = stream::iter(ids)
        .map(|id| async move {
            let _permit = permits.acquire().await;
            (id, fetch(client, id).await)
        })
        .buffer_unordered(limit.get());
    while let Some((id, answer)) = answers.next().await {
        each(id, answer);
    }
}

/// Fetches one document, its body included.
async fn fetch(client: &impl Client, id: u64) -> Answer {
    client.get(id).await?.await
}
