//! The next page is fetched before this one is yielded.

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
        let mut page = fetch_page(client, base, FIRST).await?;
        loop {
            let next = match &page.next {
                Some(path) => Some(fetch_page(client, base, path).await?),
                None => None,
            };
            for review in page.reviews {
                yield review;
            }
            let Some(next) = next else { break };
            page = next;
        }
    }
}
