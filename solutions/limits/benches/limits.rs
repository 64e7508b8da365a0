//! A limit that is used, and one that idles: how long the whole list takes.
//!
//! ```sh
//! cargo bench -p limits-solution
//! cargo workbook bench limits   # turns the estimates into the page's figure
//! ```
//!
//! What is measured is latency. The service is in memory and answers after a
//! time of its own, 20 ms on average; everything beyond that is waiting for a
//! slot, or overhead. tokio's timers add up to a millisecond to each answer.

use std::{
    num::NonZeroUsize,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use criterion::{
    BenchmarkId, Criterion, SamplingMode, criterion_group, criterion_main,
};
use futures::FutureExt;
use tokio::{runtime, time::sleep};

use limits_solution::{self as reference, Body, Client, FetchError, given};

#[path = "../src/anti/chunks.rs"]
mod chunks;

/// A service whose answer to `id` takes 4, 8, 12 and so on up to 36 ms. A list
/// of nine ids or a multiple of it has an average of 20 ms.
#[derive(Clone)]
struct Uneven;

/// How long the answer to `id` takes; neighbours differ.
fn latency(id: u64) -> Duration {
    Duration::from_millis(4 + id * 5 % 9 * 4)
}

impl Client for Uneven {
    async fn get(&self, id: u64) -> Result<Body, FetchError> {
        sleep(latency(id)).await;
        Ok(async move { Ok(format!("document {id}")) }.boxed())
    }
}

fn limits(criterion: &mut Criterion) {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime needs a few file descriptors");
    let mut group = criterion.benchmark_group("limits");
    // Each iteration takes long and varies little: ten samples of equal length
    // are enough, and the fewest that criterion takes.
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    group.warm_up_time(Duration::from_millis(100));
    group.measurement_time(Duration::from_secs(2));
    for count in [50, 100] {
        for (name, limit) in
            [("one", 1), ("reference_10", 10), ("reference_50", 50)]
        {
            let id = BenchmarkId::new(name, count);
            group.bench_function(id, |bencher| {
                bencher.to_async(&runtime).iter(|| async {
                    let (answers, each) = counted();
                    reference::fetch_all(
                        Uneven,
                        at_most(limit),
                        1..=count,
                        each,
                    )
                    .await;
                    assert_eq!(answers.load(Ordering::Relaxed), count);
                });
            });
        }
        for (name, limit) in [("chunks_10", 10), ("chunks_50", 50)] {
            let id = BenchmarkId::new(name, count);
            group.bench_function(id, |bencher| {
                bencher.to_async(&runtime).iter(|| async {
                    let (answers, each) = counted();
                    chunks::fetch_all(Uneven, at_most(limit), 1..=count, each)
                        .await;
                    assert_eq!(answers.load(Ordering::Relaxed), count);
                });
            });
        }
    }
    group.finish();
}

fn at_most(limit: usize) -> NonZeroUsize {
    NonZeroUsize::new(limit).expect("no bench has a limit of 0")
}

/// A counter, and what counts the answers that are handed over.
fn counted<A>() -> (Arc<AtomicU64>, impl FnMut(u64, A) + Send + 'static) {
    let answers = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&answers);
    let each = move |_, _| {
        count.fetch_add(1, Ordering::Relaxed);
    };
    (answers, each)
}

criterion_group!(benches, limits);
criterion_main!(benches);
