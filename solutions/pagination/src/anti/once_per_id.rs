//! A review that was yielded before is left out.

use std::collections::HashSet;

use async_stream::try_stream;
use futures::Stream;
use reqwest::Client;

use crate::given::*;

/// Every review of the service at `base`.
pub fn reviews<'a>(
    client: &'a Client,
    base: &'a str,
) -> impl Stream<Item = Result<Review, FetchError>> + Send {
    try_stream! {
        let mut seen = HashSet::new();
        let mut next = Some(FIRST.to_owned());
        while let Some(path) = next {
            let page = fetch_page(client, base, &path).await?;
            for review in page.reviews {
                if seen.insert(review.id) {
                    yield review;
                }
            }
            next = page.next;
        }
    }
}
