//! Nobody waits for the last requests: the loop ends when they have been sent.

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::Semaphore;

use crate::given::*;

/// Fetches the documents of `ids`, each on a task that owns a permit.
pub async fn fetch_all(
    client: impl Client,
    limit: NonZeroUsize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let permits = Arc::new(Semaphore::new(limit.get()));
    let each = Arc::new(Mutex::new(each));
    for id in ids {
        let permit = Arc::clone(&permits).acquire_owned().await;
        let (client, each) = (client.clone(), Arc::clone(&each));
        tokio::spawn(async move {
            let answer = fetch(&client, id).await;
            (*each.lock().unwrap_or_else(PoisonError::into_inner))(id, answer);
            drop(permit);
        });
    }
}

/// Fetches one document, its body included.
async fn fetch(client: &impl Client, id: u64) -> Answer {
    client.get(id).await?.await
}
