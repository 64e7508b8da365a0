//! A page that is not full, taken for the last one.

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
        let mut full = 0;
        let mut next = Some(FIRST.to_owned());
        while let Some(path) = next {
            let page = fetch_page(client, base, &path).await?;
            let size = page.reviews.len();
            for review in page.reviews {
                yield review;
            }
            full = full.max(size);
            next = page.next.filter(|_| size == full);
        }
    }
}
