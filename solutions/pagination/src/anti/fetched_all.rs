//! Everything first, and then a stream over it.

use futures::{Stream, TryStreamExt, stream};
use reqwest::Client;

use crate::given::*;

/// Every review of the service at `base`.
pub fn reviews<'a>(
    client: &'a Client,
    base: &'a str,
) -> impl Stream<Item = Result<Review, FetchError>> + Send {
    let all = async move {
        let mut reviews = Vec::new();
        let mut next = Some(FIRST.to_owned());
        while let Some(path) = next {
            let page = fetch_page(client, base, &path).await?;
            reviews.extend(page.reviews);
            next = page.next;
        }
        Ok(stream::iter(reviews.into_iter().map(Ok)))
    };
    stream::once(all).try_flatten()
}
