//! As many workers as the limit allows, and one list for all of them.

use std::{
    num::NonZeroUsize,
    sync::{Mutex, MutexGuard, PoisonError},
};

use futures::future::join_all;

use crate::given::*;

/// Fetches the documents of `ids` with `limit` workers, who take the next id
/// from the same list.
pub async fn fetch_all(
    client: impl Client,
    limit: NonZeroUsize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let client = &client;
    let (ids, each) = (&Mutex::new(ids), &Mutex::new(each));
    let workers = (0..limit.get()).map(|_| async move {
        loop {
            // A statement of its own: the list is unlocked at its end.
            let id = locked(ids).next();
            let Some(id) = id else { break };
            let answer = fetch(client, id).await;
            (*locked(each))(id, answer);
        }
    });
    join_all(workers).await;
}

/// What the mutex holds; a panic elsewhere does not spoil it.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Fetches one document, its body included.
async fn fetch(client: &impl Client, id: u64) -> Answer {
    client.get(id).await?.await
}
