//! A task that looks for its reader only between two requests.

use futures::{Stream, TryStreamExt, stream};
use reqwest::Client;
use tokio::sync::mpsc::{self, Sender};
use tokio_stream::wrappers::ReceiverStream;

use crate::given::*;

/// Every review of the service at `base`, whose pages a task fetches.
pub fn reviews<'a>(
    client: &'a Client,
    base: &'a str,
) -> impl Stream<Item = Result<Review, FetchError>> + Send {
    let (pages, received) = mpsc::channel(1);
    tokio::spawn(fetch(client.clone(), base.to_owned(), pages));
    ReceiverStream::new(received)
        .map_ok(|reviews| stream::iter(reviews.into_iter().map(Ok)))
        .try_flatten()
}

/// Fetches a page whenever the reader has used up the one before.
async fn fetch(
    client: Client,
    base: String,
    pages: Sender<Result<Vec<Review>, FetchError>>,
) {
    let mut next = Some(FIRST.to_owned());
    while let Some(path) = next.take() {
        // Nothing, to keep the place taken until the reader asks for more.
        if pages.send(Ok(Vec::new())).await.is_err() {
            return;
        }
        let Ok(place) = pages.reserve().await else { return };
        let page = fetch_page(&client, &base, &path).await;
        place.send(page.map(|page| {
            next = page.next;
            page.reviews
        }));
    }
}
