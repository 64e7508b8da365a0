//! Workers that keep the list locked for as long as they work: the guard in the
//! head of a `while let` lives to the end of its body.

use std::num::NonZeroUsize;

use futures::future::join_all;
use tokio::sync::Mutex;

use crate::given::*;

/// Fetches the documents of `ids` with `limit` workers.
pub async fn fetch_all(
    client: impl Client,
    limit: NonZeroUsize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let client = &client;
    let (ids, each) = (&Mutex::new(ids), &Mutex::new(each));
    let workers = (0..limit.get()).map(|_| async move {
        while let Some(id) = ids.lock().await.next() {
            let answer = fetch(client, id).await;
            (*each.lock().await)(id, answer);
        }
    });
    join_all(workers).await;
}

/// Fetches one document, its body included.
async fn fetch(client: &impl Client, id: u64) -> Answer {
    client.get(id).await?.await
}
