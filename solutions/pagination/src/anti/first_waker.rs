//! A stream that wakes whoever polled it first.

use std::task::{Context, Waker};

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
    let mut reviews = Box::pin(pages.try_flatten());
    let mut waker: Option<Waker> = None;
    stream::poll_fn(move |context| {
        let waker = waker.get_or_insert_with(|| context.waker().clone());
        reviews.poll_next_unpin(&mut Context::from_waker(waker))
    })
}
