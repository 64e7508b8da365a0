//! # pagination, the reference
//!
//! A stream of pages, flattened into a stream of reviews. [`stream::try_unfold`]
//! makes one page out of the state that the page before it left, and only when
//! it is polled. So nothing is requested ahead of the reader.

use futures::{Stream, TryStreamExt, stream};
use reqwest::Client;

use crate::given::*;

/// Every review of the service at `base`. Its pages are requested as their
/// reviews are asked for.
///
/// # If it is dropped
///
/// A request in flight is dropped with it. Reviews that had arrived, and were
/// not asked for, are lost.
pub fn reviews<'a>(
    client: &'a Client,
    base: &'a str,
) -> impl Stream<Item = Result<Review, FetchError>> + Send {
    // The state is the path of the next page: `None` after the last one.
    let first = Some(FIRST.to_owned());
    let pages = stream::try_unfold(first, move |next| async move {
        let Some(path) = next else { return Ok(None) };
        let page = fetch_page(client, base, &path).await?;
        let reviews = stream::iter(page.reviews.into_iter().map(Ok));
        Ok(Some((reviews, page.next)))
    });

    // One page's reviews, then the next page's: the next one is requested when
    // the reviews before it have all been taken and one more is asked for.
    pages.try_flatten()
}
