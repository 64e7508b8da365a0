//! A limit against pages without end, which real lists pass.

use futures::{Stream, StreamExt, TryStreamExt, stream};
use reqwest::Client;

use crate::given::*;

/// Every review of the service at `base`.
pub fn reviews<'a>(
    client: &'a Client,
    base: &'a str,
) -> impl Stream<Item = Result<Review, FetchError>> + Send {
    let first = Some(FIRST.to_owned());
    let pages = stream::try_unfold(first, move |next| async move {
        let Some(path) = next else { return Ok(None) };
        let page = fetch_page(client, base, &path).await?;
        let reviews = stream::iter(page.reviews.into_iter().map(Ok));
        Ok(Some((reviews, page.next)))
    });
    pages.take(100).try_flatten()
}
