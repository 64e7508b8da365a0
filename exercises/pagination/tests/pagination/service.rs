//! The service of reviews, readers of it, and what every stream must keep to.

use std::{
    pin::Pin,
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
};

use futures::{Stream, StreamExt};
use pagination::{FIRST, FetchError, Review, reviews};
use reqwest::{Client, header};
use serde_json::{Value, json};
use testkit::{
    Answer, Gate, Observed, Upstream, expect, journal,
    mock::{self, Mock, MockServer, ResponseTemplate, matchers},
    observe, panics,
};

use super::causes::*;

/// The ids of the reviews on each page.
pub type Pages = Vec<Vec<u64>>;

/// Pages of so many reviews each, numbered from 1.
pub fn pages<const N: usize>(sizes: [usize; N]) -> Pages {
    let mut ids = 1..;
    sizes.into_iter().map(|size| ids.by_ref().take(size).collect()).collect()
}

/// What a reader gets who asks for more than there is.
pub const THE_END: &str = "the end";

/// "review 7" for each 7 on the pages, and then `last`.
pub fn all(pages: &[Vec<u64>], last: &str) -> Vec<String> {
    let reviews = pages.iter().flatten().map(|id| format!("review {id}"));
    reviews.chain([last.to_owned()]).collect()
}

/// Where page number `page` is. No page can be guessed from the one before.
fn path(page: usize) -> String {
    match page {
        1 => FIRST.to_owned(),
        _ => format!("{FIRST}?from=k%2F{:04x}&more", page * 40503 % 65536),
    }
}

/// The number of the page at this place, and the page.
fn page_at(pages: &Pages, place: &str, query: &str) -> Option<(usize, Value)> {
    let place = [place, query].join(if query.is_empty() { "" } else { "?" });
    let number = (1..=pages.len()).find(|number| path(*number) == place)?;
    let next = (number < pages.len()).then(|| path(number + 1));
    let review = |id| json!({ "id": id, "text": format!("review {id}") });
    let reviews = pages[number - 1].iter().map(review).collect::<Value>();
    Some((number, json!({ "reviews": reviews, "next": next })))
}

/// The service on wiremock, for those who have the key.
pub async fn mocked(pages: &Pages) -> MockServer {
    let (server, pages) = (mock::start().await, pages.clone());
    let answer = move |request: &mock::Request| {
        let query = request.url.query().unwrap_or_default();
        match page_at(&pages, request.url.path(), query) {
            None => ResponseTemplate::new(404),
            Some((_, page)) => ResponseTemplate::new(200).set_body_json(page),
        }
    };
    let with_key = Mock::given(matchers::header_exists(header::AUTHORIZATION));
    with_key.respond_with(answer).mount(&server).await;
    server
}

/// With the service's API key, and never a proxy that the machine may have set.
pub fn client() -> Client {
    let key = header::HeaderValue::from_static("workbook");
    let headers = [(header::AUTHORIZATION, key)].into_iter().collect();
    let client = Client::builder().default_headers(headers).no_proxy();
    client.build().expect("no TLS, so nothing is needed")
}

/// The service, and what was seen of it.
pub struct Service {
    pub pages: Pages,
    pub upstream: Upstream,
    url: String,
    client: Client,
    readers: AtomicUsize,
}

impl Service {
    pub fn of(pages: Pages) -> Self {
        Self::answering(pages, |_, answer| answer)
    }

    /// One that answers page number `held` when `gate` opens.
    pub fn holding(pages: Pages, held: usize, gate: &Gate) -> Self {
        let gate = gate.clone();
        Self::answering(pages, move |page, answer| match page {
            page if page == held => answer.held_by(&gate),
            _ => answer,
        })
    }

    /// One that answers with what `change` makes of each page, by its number.
    pub fn answering(
        pages: Pages,
        change: impl Fn(usize, Answer) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let served = pages.clone();
        let upstream = Upstream::start(move |request| {
            match page_at(&served, &request.path, &request.query) {
                None => Answer::status(404).on_lane("no page"),
                Some((number, page)) => change(number, Answer::json(&page))
                    .on_lane(format!("page {number}")),
            }
        });
        let (url, client) = (upstream.url(), client());
        Self { pages, upstream, url, client, readers: AtomicUsize::new(0) }
    }

    pub fn all(&self) -> Vec<String> {
        all(&self.pages, THE_END)
    }

    /// Somebody who reads the reviews.
    pub fn reader(&self) -> Reader<'_> {
        self.readers.fetch_add(1, SeqCst);
        let stream = Box::pin(reviews(&self.client, &self.url));
        Reader { stream, service: self, over: false }
    }

    pub fn requests(&self) -> usize {
        self.upstream.requests().len()
    }

    /// Whether a page was requested more often than there were readers.
    fn is_requested_again(&self) -> bool {
        let (all, most) = (self.upstream.requests(), self.readers.load(SeqCst));
        all.iter().any(|one| all.iter().filter(|it| *it == one).count() > most)
    }
}

/// A stream, and whether it has ended.
pub struct Reader<'a> {
    pub stream: Pin<Box<dyn Stream<Item = Item> + Send + 'a>>,
    service: &'a Service,
    over: bool,
}

type Item = Result<Review, FetchError>;

impl Reader<'_> {
    /// Asks for `count` items, and looks at what every stream must keep to.
    pub async fn take(&mut self, count: usize) -> Vec<String> {
        let (mut got, mut over) = (Vec::new(), self.over);
        let asking = async {
            while got.len() < count && got.last().is_none_or(|it| it != THE_END)
            {
                let item = self.stream.next().await;
                over |= !matches!(item, Some(Ok(_)));
                got.push(described(item));
                if got.len() < 9 {
                    journal().step();
                    journal().mark("reader", "next() returns");
                }
            }
        };
        let observed = observe(asking).await;
        let panicked = matches!(observed, Observed::Panicked(_)) && over;
        expect(!panicked, "asked again after its end, the stream panics")
            .asked("the end, however often it is asked")
            .facts(panics::seen().last())
            .because([(panicked, POLLED_AFTER_ITS_END)]);
        observed.returned("next");
        // What a stream does after its end is another test's matter.
        let again = !self.over && self.service.is_requested_again();
        self.over = over;
        expect(!again, "a page was requested again")
            .asked("one request for each page")
            .because([(self.service.upstream.cancelled() == 0, ASKED_AGAIN)]);
        got
    }

    pub async fn read(&mut self) -> Vec<String> {
        self.take(usize::MAX).await
    }

    pub async fn give_up_at(&mut self, request: usize) {
        tokio::select! {
            () = self.stream.by_ref().map(drop).collect() => {}
            () = self.service.upstream.more_than(request - 1) => {}
        }
    }
}

pub fn described(item: Option<Item>) -> String {
    match item {
        None => THE_END.to_owned(),
        Some(Ok(review)) => review.text,
        Some(Err(error)) => error.to_string(),
    }
}
