//! Lazy against eager: how long a reader waits for the first review.
//!
//! ```sh
//! cargo bench -p pagination-solution
//! cargo workbook bench pagination   # turns the estimates into the page's figure
//! ```
//!
//! What is measured is latency: the service answers each request after a fixed
//! time, and everything beyond that is overhead.

use std::{hint::black_box, pin::pin, time::Duration};

use criterion::{
    BenchmarkId, Criterion, SamplingMode, criterion_group, criterion_main,
};
use futures::StreamExt;
use reqwest::Client;
use serde_json::json;
use testkit::mock::{
    self, Mock, MockServer, Request, ResponseTemplate, matchers,
};
use tokio::runtime;

use pagination_solution::{self as reference, given};

#[path = "../src/anti/fetched_all.rs"]
mod fetched_all;

/// The figure of the page: 5 ms a request, for lists of 1, 10 and 100 pages.
fn first_review(criterion: &mut Criterion) {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime needs a few file descriptors");
    let client = &Client::builder()
        .no_proxy()
        .build()
        .expect("a client without TLS needs nothing from the system");

    let mut group = criterion.benchmark_group("pagination");
    // Each iteration takes long and varies little: ten samples of equal length
    // are enough, and the fewest that criterion takes.
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    group.warm_up_time(Duration::from_millis(100));
    group.measurement_time(Duration::from_secs(2));
    for pages in [1, 10, 100] {
        let server = runtime.block_on(service(pages));
        let base = &server.uri();
        group.bench_function(BenchmarkId::new("fetched_all", pages), |bench| {
            bench.to_async(&runtime).iter(|| async {
                let mut reviews = pin!(fetched_all::reviews(client, base));
                black_box(reviews.next().await.is_some())
            });
        });
        group.bench_function(BenchmarkId::new("reference", pages), |bench| {
            bench.to_async(&runtime).iter(|| async {
                let mut reviews = pin!(reference::reviews(client, base));
                black_box(reviews.next().await.is_some())
            });
        });
    }
    group.finish();
}

/// A service of so many pages, each of 20 reviews and after 5 ms.
async fn service(pages: u64) -> MockServer {
    let server = mock::start().await;
    let answer = move |request: &Request| {
        let number: u64 =
            request.url.query().and_then(|it| it.parse().ok()).unwrap_or(1);
        let reviews: Vec<_> = (0..20)
            .map(|id| json!({ "id": 20 * number + id, "text": "Works well." }))
            .collect();
        let next = (number < pages)
            .then(|| format!("{}?{}", given::FIRST, number + 1));
        ResponseTemplate::new(200)
            .set_body_json(json!({ "reviews": reviews, "next": next }))
            .set_delay(Duration::from_millis(5))
    };
    let any = Mock::given(matchers::any());
    any.respond_with(answer).mount(&server).await;
    server
}

criterion_group!(benches, first_review);
criterion_main!(benches);
