//! What a call that blocks costs: the call itself, and everything else that
//! runs on its thread.
//!
//! ```sh
//! cargo bench -p blocking-solution
//! cargo workbook bench blocking   # turns the estimates into the page's figures
//! ```

use std::{
    fs,
    hint::black_box,
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    thread,
    time::{Duration, Instant},
};

use criterion::{
    BenchmarkId, Criterion, SamplingMode, criterion_group, criterion_main,
};
use testkit::mock::{self, ResponseTemplate};
use tokio::{
    runtime::{self, Runtime},
    task::{self, JoinSet},
};

use blocking_solution::{self as reference, Courier, QuoteError, Scale, given};

#[path = "../src/anti/inline_read.rs"]
mod inline_read;

const PARCELS: usize = 100;

/// Each call alone. The time is that for which its thread is held; for
/// `hand_over` it is the way to another thread and back.
fn calls(criterion: &mut Criterion) {
    let runtime = runtime();
    let mut group = criterion.benchmark_group("blocking-calls");
    group.warm_up_time(Duration::from_millis(500));
    group.measurement_time(Duration::from_secs(2)).sample_size(20);

    let scale = Mutex::new(());
    group.bench_function(BenchmarkId::new("lock", 1), |bencher| {
        bencher.iter(|| drop(black_box(&scale).lock()));
    });

    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    fs::write(file.path(), [0; 4096]).expect("4 KiB");
    group.bench_function(BenchmarkId::new("read", 1), |bencher| {
        bencher.iter(|| fs::read(black_box(file.path())).expect("the file"));
    });

    group.bench_function(BenchmarkId::new("hand_over", 1), |bencher| {
        bencher.to_async(&runtime).iter(|| task::spawn_blocking(|| {}));
    });

    let (server, courier) = runtime.block_on(async {
        let server = mock::start().await;
        let reply = ResponseTemplate::new(200).set_body_string("410");
        mock::any(&server, reply).await;
        let courier = Courier::new(&server.uri());
        (server, courier)
    });
    group.bench_function(BenchmarkId::new("ask", 1), |bencher| {
        bencher.iter(|| courier.ask(700).expect("a price"));
    });
    drop(server);

    group.bench_function(BenchmarkId::new("sleep", 1), |bencher| {
        bencher.iter(|| thread::sleep(Duration::from_millis(1)));
    });
    group.finish();
}

/// A hundred quotes begin, each with a scale of its own, and then another task
/// of the same thread wants its turn.
fn others(criterion: &mut Criterion) {
    let runtime = runtime();
    let mut group = criterion.benchmark_group("blocking");
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    group.warm_up_time(Duration::from_millis(100));
    group.measurement_time(Duration::from_secs(2));
    for micros in [100, 1_000, 10_000] {
        let takes = Duration::from_micros(micros);

        group.bench_function(
            BenchmarkId::new("inline_read", micros),
            |bencher| {
                bencher.iter_custom(|times| {
                    let quote = inline_read::quote;
                    (0..times)
                        .map(|_| waits_beside(&runtime, takes, quote))
                        .sum()
                });
            },
        );

        group.bench_function(
            BenchmarkId::new("reference", micros),
            |bencher| {
                bencher.iter_custom(|times| {
                    let quote = reference::quote;
                    (0..times)
                        .map(|_| waits_beside(&runtime, takes, quote))
                        .sum()
                });
            },
        );
    }
    group.finish();
}

/// How long another task waits for its turn after a hundred quotes have begun.
fn waits_beside<F>(
    on: &Runtime,
    takes: Duration,
    quote: impl Fn(Courier, Arc<Mutex<Slow>>) -> F,
) -> Duration
where
    F: Future<Output = Result<u32, QuoteError>> + Send + 'static,
{
    let weighed = Arc::<AtomicUsize>::default();
    // Nothing gets so far as to ask it.
    let courier = Courier::new("http://127.0.0.1:9");
    let waited = on.block_on(async {
        let mut quotes = JoinSet::new();
        let began = Instant::now();
        for _ in 0..PARCELS {
            let scale = Slow { takes, weighed: Arc::clone(&weighed) };
            let scale = Arc::new(Mutex::new(scale));
            quotes.spawn(quote(courier.clone(), scale));
        }
        let other = tokio::spawn(async move { began.elapsed() });
        let waited = other.await.expect("it does not panic");
        quotes.shutdown().await;
        waited
    });
    // What has been handed over goes on, and must not disturb the next one.
    while weighed.load(SeqCst) < PARCELS {
        thread::sleep(Duration::from_millis(1));
    }
    waited
}

/// A scale that takes its time.
struct Slow {
    takes: Duration,
    weighed: Arc<AtomicUsize>,
}

impl Scale for Slow {
    fn weigh(&mut self) -> io::Result<u32> {
        thread::sleep(self.takes);
        self.weighed.fetch_add(1, SeqCst);
        Ok(700)
    }
}

fn runtime() -> Runtime {
    runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime needs a few file descriptors")
}

criterion_group!(benches, calls, others);
criterion_main!(benches);
