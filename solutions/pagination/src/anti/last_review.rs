//! The next page is fetched before the last review of this one is yielded.

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
        let mut last = None;
        let mut next = Some(FIRST.to_owned());
        while let Some(path) = next {
            let page = fetch_page(client, base, &path).await?;
            for review in page.reviews {
                // One is kept back, to tell the last of all.
                if let Some(review) = last.replace(review) {
                    yield review;
                }
            }
            next = page.next;
        }
        if let Some(review) = last {
            yield review;
        }
    }
}
