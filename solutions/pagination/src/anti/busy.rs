//! A stream that wakes itself a while before it waits.

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
    let (mut reviews, mut spins) = (Box::pin(pages.try_flatten()), 0);
    stream::poll_fn(move |context| {
        let polled = reviews.poll_next_unpin(context);
        spins = if polled.is_ready() { 0 } else { spins + 1 };
        if (1..150).contains(&spins) {
            context.waker().wake_by_ref();
        }
        polled
    })
}
