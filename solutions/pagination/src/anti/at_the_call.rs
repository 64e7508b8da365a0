//! The first page is requested when the stream is made.

use async_stream::try_stream;
use futures::Stream;
use reqwest::Client;

use crate::given::*;

/// Every review of the service at `base`.
pub fn reviews<'a>(
    client: &'a Client,
    base: &'a str,
) -> impl Stream<Item = Result<Review, FetchError>> + Send {
    let (own, address) = (client.clone(), base.to_owned());
    let first =
        tokio::spawn(async move { fetch_page(&own, &address, FIRST).await });
    try_stream! {
        let Ok(page) = first.await else { return };
        let mut page = page?;
        loop {
            for review in page.reviews {
                yield review;
            }
            let Some(path) = page.next else { break };
            page = fetch_page(client, base, &path).await?;
        }
    }
}
