//! Failing fast against waiting for everybody: after how long a caller hears of
//! a failure that is there after 5 ms.
//!
//! ```sh
//! cargo bench -p taskgroup-solution
//! cargo workbook bench taskgroup   # makes the page's figure of it
//! ```

use std::{hint::black_box, time::Duration};

use criterion::{
    BenchmarkId, Criterion, SamplingMode, criterion_group, criterion_main,
};
use tokio::{runtime, time::sleep};

use taskgroup_solution::{self as reference, given};

#[path = "../src/anti/waits_for_everybody.rs"]
mod waits_for_everybody;

/// Ten jobs: the fifth fails after 5 ms, the others take `millis` each.
fn jobs(
    millis: u64,
) -> Vec<impl Future<Output = Result<u64, &'static str>> + Send + 'static> {
    let job = move |place| async move {
        if place == 5 {
            sleep(Duration::from_millis(5)).await;
            return Err("no room");
        }
        sleep(Duration::from_millis(millis)).await;
        Ok(place)
    };
    (1..=10).map(job).collect()
}

fn taskgroup(criterion: &mut Criterion) {
    let runtime = runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime without I/O needs nothing from the system");
    let mut group = criterion.benchmark_group("taskgroup");
    // Each iteration takes long and varies little: ten samples of equal
    // length are enough, and the fewest that criterion takes.
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    group.warm_up_time(Duration::from_millis(100));
    group.measurement_time(Duration::from_secs(2));
    for millis in [10, 50, 100, 500] {
        let id = |way| BenchmarkId::new(way, millis);
        group.bench_function(id("waits_for_everybody"), |bencher| {
            bencher.to_async(&runtime).iter(|| async {
                black_box(
                    waits_for_everybody::run_all(jobs(millis)).await.is_err(),
                )
            });
        });
        group.bench_function(id("reference"), |bencher| {
            bencher.to_async(&runtime).iter(|| async {
                black_box(reference::run_all(jobs(millis)).await.is_err())
            });
        });
    }
    group.finish();
}

criterion_group!(benches, taskgroup);
criterion_main!(benches);
