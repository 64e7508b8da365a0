//! `for_each_concurrent`: each result is dealt with in the slot of its request.

use std::{
    num::NonZeroUsize,
    sync::{Mutex, PoisonError},
};

use futures::{StreamExt, stream};

use crate::given::*;

/// Fetches the documents of `ids`, `limit` of them at a time.
pub async fn fetch_all(
    client: impl Client,
    limit: NonZeroUsize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    each: impl FnMut(u64, Answer) + Send + 'static,
) {
    // Not a `RefCell`: a reference to one is not `Send`, and the future could
    // not be spawned.
    let (client, each) = (&client, &Mutex::new(each));
    stream::iter(ids)
        .for_each_concurrent(limit.get(), |id| async move {
            let answer = fetch(client, id).await;
            (*each.lock().unwrap_or_else(PoisonError::into_inner))(id, answer);
        })
        .await;
}

/// Fetches one document, its body included.
async fn fetch(client: &impl Client, id: u64) -> Answer {
    client.get(id).await?.await
}
