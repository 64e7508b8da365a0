//! How long another request waits while images are rendered: on the runtime's
//! thread, and on the blocking pool.
//!
//! ```sh
//! cargo bench -p offload-solution
//! cargo workbook bench offload   # turns the estimates into the page's figure
//! ```
//!
//! What is measured is not how long the rendering takes, but how late the
//! runtime answers somebody else: a request is sent at the moment at which the
//! first image is begun, and the clock stops when its handler runs.

use std::{
    hint::{self, black_box},
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, criterion_group,
    criterion_main, measurement::WallTime,
};
use tokio::{
    runtime::{self, Runtime},
    sync::{Notify, Semaphore},
};

use offload_solution::{self as reference, given};

#[path = "../src/anti/inline.rs"]
mod inline;

const IMAGES: usize = 4;
const SLOTS: usize = 2;

fn offload(criterion: &mut Criterion) {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime needs a few file descriptors");
    let mut group = criterion.benchmark_group("offload");
    // Each iteration takes long: ten samples of equal length are enough, and
    // the fewest that criterion takes.
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    group.warm_up_time(Duration::from_millis(100));
    group.measurement_time(Duration::from_secs(2));
    for millis in [1, 10, 50] {
        both(&mut group, &runtime, millis);
    }
    group.finish();
}

/// Both ways, with `millis` for each image.
fn both(group: &mut BenchmarkGroup<'_, WallTime>, on: &Runtime, millis: u64) {
    let each = Duration::from_millis(millis);

    group.bench_function(BenchmarkId::new("inline", millis), |bencher| {
        bencher.iter_custom(|times| {
            let waited = (0..times).map(|_| {
                let other = Other::new();
                let render = other.clone().sent_from(move |_| {
                    compute(each);
                    given::Thumbnail::default()
                });
                let images = vec![given::Image(Vec::new()); IMAGES];
                let slots = Arc::new(Semaphore::new(SLOTS));
                let all = inline::make_thumbnails(render, images, slots);
                on.block_on(other.waits_beside(all))
            });
            waited.sum()
        });
    });

    group.bench_function(BenchmarkId::new("reference", millis), |bencher| {
        bencher.iter_custom(|times| {
            let waited = (0..times).map(|_| {
                let other = Other::new();
                let render = other.clone().sent_from(move |_| {
                    compute(each);
                    reference::Thumbnail::default()
                });
                let images = vec![reference::Image(Vec::new()); IMAGES];
                let slots = Arc::new(Semaphore::new(SLOTS));
                let all = reference::make_thumbnails(render, images, slots);
                on.block_on(other.waits_beside(all))
            });
            waited.sum()
        });
    });
}

/// Another request to the same runtime.
#[derive(Clone, Default)]
struct Other {
    sent: Arc<OnceLock<Instant>>,
    arrived: Arc<Notify>,
}

impl Other {
    fn new() -> Self {
        Self::default()
    }

    /// `render`, but the request is sent when it is first called.
    fn sent_from<I, T>(
        self,
        render: impl Fn(&I) -> T + Clone + Send + Sync + 'static,
    ) -> impl Fn(&I) -> T + Clone + Send + Sync + 'static {
        move |image| {
            if self.sent.set(Instant::now()).is_ok() {
                self.arrived.notify_one();
            }
            render(image)
        }
    }

    /// How long the request waits for its handler while `work` goes on.
    async fn waits_beside<T>(self, work: impl Future<Output = T>) -> Duration {
        let handler = tokio::spawn(async move {
            self.arrived.notified().await;
            self.sent.get().map_or(Duration::ZERO, Instant::elapsed)
        });
        black_box(work.await);
        handler.await.unwrap_or_default()
    }
}

/// Keeps a core busy for so long.
fn compute(time: Duration) {
    let began = Instant::now();
    while began.elapsed() < time {
        hint::spin_loop();
    }
}

criterion_group!(benches, offload);
criterion_main!(benches);
