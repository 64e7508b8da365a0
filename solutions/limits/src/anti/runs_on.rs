//! Workers on tasks that nothing stops: when the caller goes, they go on.

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
};

use futures::future::join_all;

use crate::given::*;

/// Fetches the documents of `ids` with `limit` workers on tasks.
pub async fn fetch_all(
    client: impl Client,
    limit: NonZeroUsize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let (ids, each) = (Arc::new(Mutex::new(ids)), Arc::new(Mutex::new(each)));
    let workers = (0..limit.get()).map(|_| {
        let (client, ids, each) =
            (client.clone(), Arc::clone(&ids), Arc::clone(&each));
        tokio::spawn(async move {
            loop {
                let id =
                    ids.lock().unwrap_or_else(PoisonError::into_inner).next();
                let Some(id) = id else { break };
                let answer = fetch(&client, id).await;
                let mut each =
                    each.lock().unwrap_or_else(PoisonError::into_inner);
                (*each)(id, answer);
            }
        })
    });
    join_all(workers).await;
}

/// Fetches one document, its body included.
async fn fetch(client: &impl Client, id: u64) -> Answer {
    client.get(id).await?.await
}
