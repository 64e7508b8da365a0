//! Each answer is given the id that was asked for longest ago.

use std::{cell::RefCell, collections::VecDeque, num::NonZeroUsize};

use futures::{StreamExt, stream};

use crate::given::*;

/// Fetches the documents of `ids`, at most `limit` at a time.
pub async fn fetch_all(
    client: impl Client,
    limit: NonZeroUsize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    mut each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let client = &client;
    let asked = RefCell::new(VecDeque::new());
    let mut answers = stream::iter(ids)
        .inspect(|&id| asked.borrow_mut().push_back(id))
        .map(|id| fetch(client, id))
        .buffer_unordered(limit.get());
    while let Some(answer) = answers.next().await {
        let id = asked.borrow_mut().pop_front();
        if let Some(id) = id {
            each(id, answer);
        }
    }
}

/// Fetches one document, its body included.
async fn fetch(client: &impl Client, id: u64) -> Answer {
    client.get(id).await?.await
}
