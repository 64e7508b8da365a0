//! The sender that the channel was made with is never dropped: the loop at the
//! end waits for it.

use std::{num::NonZeroUsize, sync::Arc};

use tokio::{
    select,
    sync::{Semaphore, mpsc},
};

use crate::given::*;

/// Fetches the documents of `ids`, each on a task that sends its result.
pub async fn fetch_all(
    client: impl Client,
    limit: NonZeroUsize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    mut each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let permits = Arc::new(Semaphore::new(limit.get()));
    let (sender, mut results) = mpsc::channel(limit.get());
    for id in ids {
        let permit = loop {
            select! {
                biased;
                Some((id, answer)) = results.recv() => each(id, answer),
                permit = Arc::clone(&permits).acquire_owned() => break permit,
            }
        };
        let (client, sender) = (client.clone(), sender.clone());
        tokio::spawn(async move {
            let answer = fetch(&client, id).await;
            let _ = sender.send((id, answer)).await;
            drop(permit);
        });
    }
    while let Some((id, answer)) = results.recv().await {
        each(id, answer);
    }
}

/// Fetches one document, its body included.
async fn fetch(client: &impl Client, id: u64) -> Answer {
    client.get(id).await?.await
}
