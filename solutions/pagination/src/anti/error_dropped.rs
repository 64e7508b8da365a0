//! An error that looks like the end.

use async_stream::stream;
use futures::Stream;
use reqwest::Client;

use crate::given::*;

/// Every review of the service at `base`.
pub fn reviews<'a>(
    client: &'a Client,
    base: &'a str,
) -> impl Stream<Item = Result<Review, FetchError>> + Send {
    stream! {
        let mut next = Some(FIRST.to_owned());
        while let Some(path) = next {
            let Ok(page) = fetch_page(client, base, &path).await else {
                break;
            };
            for review in page.reviews {
                yield Ok(review);
            }
            next = page.next;
        }
    }
}
