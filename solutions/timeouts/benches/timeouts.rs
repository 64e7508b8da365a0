//! What a limit costs: a download without one, with one, and in a task.
//!
//! ```sh
//! cargo bench -p timeouts-solution
//! cargo workbook bench timeouts   # turns the estimates into the page's figure
//! ```
//!
//! The store is in memory and never waits, so that nothing is measured but the
//! way to it and back. Its pieces are empty: no bytes are copied.

use std::{hint::black_box, time::Duration};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use tokio::runtime;

use timeouts_solution::{self as reference, given};

#[path = "../src/alt/abort_on_drop.rs"]
mod abort_on_drop;

const NAME: &str = "prices.csv";
const LIMIT: Duration = Duration::from_secs(30);

fn timeouts(criterion: &mut Criterion) {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime needs a few file descriptors");
    let mut group = criterion.benchmark_group("timeouts");
    group.warm_up_time(Duration::from_millis(500));
    group.measurement_time(Duration::from_secs(2));
    for pieces in [1, 10, 100] {
        let store = Ready { pieces };
        let id = |way| BenchmarkId::new(way, pieces);

        group.bench_function(id("bare"), |bencher| {
            bencher
                .to_async(&runtime)
                .iter(|| async { black_box(bare(&store, NAME).await.is_ok()) });
        });
        group.bench_function(id("reference"), |bencher| {
            bencher.to_async(&runtime).iter(|| async {
                let done = reference::download(&store, NAME, LIMIT).await;
                black_box(done.is_ok())
            });
        });
        group.bench_function(id("abort_on_drop"), |bencher| {
            bencher.to_async(&runtime).iter(|| async {
                let done = abort_on_drop::download(&store, NAME, LIMIT).await;
                black_box(done.is_ok())
            });
        });
    }
    group.finish();
}

/// What the reference does, without a limit.
async fn bare(
    store: &impl given::Store,
    name: &str,
) -> Result<Vec<u8>, given::StoreError> {
    use given::Body;

    let mut body = store.open(name).await?;
    let mut file = Vec::new();
    while let Some(piece) = body.piece().await? {
        file.extend(piece);
    }
    Ok(file)
}

/// A store that has everything ready: so many empty pieces.
#[derive(Clone)]
struct Ready {
    pieces: u32,
}

struct ReadyBody(u32);

impl ReadyBody {
    fn next(&mut self) -> Option<Vec<u8>> {
        self.0 = self.0.checked_sub(1)?;
        Some(Vec::new())
    }
}

impl given::Store for Ready {
    type Body = ReadyBody;

    async fn open(&self, _name: &str) -> Result<ReadyBody, given::StoreError> {
        Ok(ReadyBody(self.pieces))
    }
}

impl given::Body for ReadyBody {
    async fn piece(&mut self) -> Result<Option<Vec<u8>>, given::StoreError> {
        Ok(self.next())
    }
}

criterion_group!(benches, timeouts);
criterion_main!(benches);
