//! An error after which the same page is tried again, at each poll.

use futures::{Stream, StreamExt, stream};
use reqwest::Client;

use crate::given::*;

/// Every review of the service at `base`.
pub fn reviews<'a>(
    client: &'a Client,
    base: &'a str,
) -> impl Stream<Item = Result<Review, FetchError>> + Send {
    let first = Some(FIRST.to_owned());
    let pages = stream::unfold(first, move |next| async move {
        let path = next?;
        match fetch_page(client, base, &path).await {
            Ok(page) => {
                let reviews = page.reviews.into_iter().map(Ok).collect();
                Some((reviews, page.next))
            }
            Err(error) => Some((vec![Err(error)], Some(path))),
        }
    });
    pages.flat_map(stream::iter).fuse()
}
