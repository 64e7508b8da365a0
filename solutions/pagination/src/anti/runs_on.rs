//! A task that fetches to the end, whether anybody reads or not.

use futures::Stream;
use reqwest::Client;
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;

use crate::given::*;

/// Every review of the service at `base`.
pub fn reviews<'a>(
    client: &'a Client,
    base: &'a str,
) -> impl Stream<Item = Result<Review, FetchError>> + Send {
    let (client, base) = (client.clone(), base.to_owned());
    let (reviews, received) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut next = Some(FIRST.to_owned());
        while let Some(path) = next.take() {
            match fetch_page(&client, &base, &path).await {
                Ok(page) => {
                    next = page.next;
                    for review in page.reviews {
                        let _ = reviews.send(Ok(review));
                    }
                }
                Err(error) => drop(reviews.send(Err(error))),
            }
        }
    });
    UnboundedReceiverStream::new(received)
}
