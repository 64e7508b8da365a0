//! `for_each_concurrent`: the answer is dealt with in the place of its request.

use std::cell::RefCell;

use futures::{StreamExt, stream};

use crate::given::*;

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
