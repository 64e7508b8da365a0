//! The stream's futures end with the head, and whoever takes them from the
//! stream reads the body.

use std::num::NonZeroUsize;

use futures::{StreamExt, stream};

use crate::given::*;

/// Fetches the heads of `limit` documents at once, and each body as its head
/// comes out of the stream.
pub async fn fetch_all(
    client: impl Client,
    limit: NonZeroUsize,
    ids: impl Iterator<Item = u64> + Send + 'static,
    mut each: impl FnMut(u64, Answer) + Send + 'static,
) {
    let client = &client;
    let mut heads = stream::iter(ids)
        .map(|id| async move { (id, client.get(id).await) })
        .buffer_unordered(limit.get());
    while let Some((id, head)) = heads.next().await {
        let answer = match head {
            Ok(body) => body.await,
            Err(error) => Err(error),
        };
        each(id, answer);
    }
}
