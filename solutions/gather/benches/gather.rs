//! One after another, all at once, ten at a time: how long a caller waits.
//!
//! ```sh
//! cargo bench -p gather-solution
//! cargo workbook bench gather   # turns the estimates into the page's figure
//! ```
//!
//! What is measured is latency, not throughput: the service answers each
//! request after a fixed time, and everything beyond that is overhead.

use std::{hint::black_box, time::Duration};

use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, criterion_group,
    criterion_main, measurement::WallTime,
};
use reqwest::Client;
use testkit::mock::{self, MockServer, ResponseTemplate};
use tokio::runtime::{self, Runtime};

use gather_solution::{self as reference, given};

#[path = "../src/alt/buffered.rs"]
mod buffered;
#[path = "../src/anti/in_sequence.rs"]
mod in_sequence;

/// The figure of the page: 50 ms a request, for 1, 10 and 100 requests.
fn gather(criterion: &mut Criterion) {
    let bench = Bench::new(Duration::from_millis(50));
    let mut group = criterion.benchmark_group("gather");
    for count in [1, 10, 100] {
        bench.all(&mut group, count);
    }
    group.finish();
}

/// The headline: one request of half a second, and ten.
fn headline(criterion: &mut Criterion) {
    let bench = Bench::new(Duration::from_millis(500));
    let mut group = criterion.benchmark_group("gather-500ms");
    for count in [1, 10] {
        bench.all(&mut group, count);
    }
    group.finish();
}

/// What all measurements share: built once, outside the measured loop.
struct Bench {
    runtime: Runtime,
    client: Client,
    server: MockServer,
}

impl Bench {
    fn new(latency: Duration) -> Self {
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime needs a few file descriptors");
        let server = runtime.block_on(slow_service(latency));
        let client = Client::builder()
            .no_proxy()
            .build()
            .expect("a client without TLS needs nothing from the system");
        Self { runtime, client, server }
    }

    /// The three ways for `count` requests. `black_box` of the number of
    /// answers keeps the work from being left out.
    fn all(&self, group: &mut BenchmarkGroup<'_, WallTime>, count: u64) {
        // Each iteration takes long and varies little: ten samples of equal
        // length are enough, and the fewest that criterion takes.
        group.sampling_mode(SamplingMode::Flat).sample_size(10);
        group.warm_up_time(Duration::from_millis(100));
        group.measurement_time(Duration::from_secs(2));

        let (client, base) = (&self.client, &self.server.uri());
        let ids: &Vec<u64> = &(1..=count).collect();
        let id = |way| BenchmarkId::new(way, count);

        group.bench_function(id("in_sequence"), |bencher| {
            bencher.to_async(&self.runtime).iter(|| async {
                black_box(
                    in_sequence::fetch_users(client, base, ids).await.len(),
                )
            });
        });
        group.bench_function(id("reference"), |bencher| {
            bencher.to_async(&self.runtime).iter(|| async {
                black_box(reference::fetch_users(client, base, ids).await.len())
            });
        });
        group.bench_function(id("buffered"), |bencher| {
            bencher.to_async(&self.runtime).iter(|| async {
                black_box(buffered::fetch_users(client, base, ids).await.len())
            });
        });
    }
}

/// A service on a thread of its own that answers each request after `latency`.
async fn slow_service(latency: Duration) -> MockServer {
    let user = serde_json::json!({ "id": 1, "name": "Ada" });
    let answer =
        ResponseTemplate::new(200).set_body_json(user).set_delay(latency);
    let server = mock::start().await;
    mock::any(&server, answer).await;
    server
}

criterion_group!(benches, gather, headline);
criterion_main!(benches);
