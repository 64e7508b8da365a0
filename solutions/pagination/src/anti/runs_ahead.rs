//! A task that fetches as long as there is room in its channel.

use futures::Stream;
use reqwest::Client;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::given::*;

/// Every review of the service at `base`.
pub fn reviews<'a>(
    client: &'a Client,
    base: &'a str,
) -> impl Stream<Item = Result<Review, FetchError>> + Send {
    let (client, base) = (client.clone(), base.to_owned());
    let (reviews, received) = mpsc::channel(1);
    tokio::spawn(async move {
        let mut next = Some(FIRST.to_owned());
        while let Some(path) = next.take() {
            match fetch_page(&client, &base, &path).await {
                Ok(page) => {
                    next = page.next;
                    for review in page.reviews {
                        if reviews.send(Ok(review)).await.is_err() {
                            return;
                        }
                    }
                }
                Err(error) => drop(reviews.send(Err(error)).await),
            }
        }
    });
    ReceiverStream::new(received)
}
