//! A client of its own for each stream.

use futures::{Stream, TryStreamExt, stream};
use reqwest::Client;

use crate::given::*;

/// Every review of the service at `base`.
pub fn reviews<'a>(
    client: &'a Client,
    base: &'a str,
) -> impl Stream<Item = Result<Review, FetchError>> + Send {
    let _ = client;
    let first = (Client::new(), Some(FIRST.to_owned()));
    let pages = stream::try_unfold(first, move |(client, next)| async move {
        let Some(path) = next else { return Ok(None) };
        let page = fetch_page(&client, base, &path).await?;
        let reviews = stream::iter(page.reviews.into_iter().map(Ok));
        Ok(Some((reviews, (client, page.next))))
    });
    pages.try_flatten()
}
