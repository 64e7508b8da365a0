//! A request that has ended, and is polled again.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    vec,
};

use futures::{FutureExt, Stream, future::BoxFuture};
use reqwest::Client;

use crate::given::*;

struct Reviews<'a> {
    client: &'a Client,
    base: &'a str,
    left: vec::IntoIter<Review>,
    next: Option<String>,
    page: Option<BoxFuture<'a, Result<Page, FetchError>>>,
}

impl Stream for Reviews<'_> {
    type Item = Result<Review, FetchError>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(review) = self.left.next() {
                return Poll::Ready(Some(Ok(review)));
            }
            if let Some(path) = self.next.take() {
                let (client, base) = (self.client, self.base);
                let page = async move { fetch_page(client, base, &path).await };
                self.page = Some(page.boxed());
            }
            let Some(request) = &mut self.page else {
                return Poll::Ready(None);
            };
            let page = ready!(request.as_mut().poll(context))?;
            self.page = None;
            (self.left, self.next) = (page.reviews.into_iter(), page.next);
        }
    }
}

/// Every review of the service at `base`.
pub fn reviews<'a>(
    client: &'a Client,
    base: &'a str,
) -> impl Stream<Item = Result<Review, FetchError>> + Send {
    let (left, next) = (Vec::new().into_iter(), Some(FIRST.to_owned()));
    Reviews { client, base, left, next, page: None }
}
