//! How long many requests take together, and how long another task waits for
//! its turn meanwhile, with more and more places.
//!
//! ```sh
//! cargo bench -p crunch-solution
//! cargo workbook bench crunch   # turns the estimates into the page's figures
//! ```
//!
//! The work is a fixed number of steps, about a millisecond on a core that does
//! nothing else, so that threads that share a core take longer. The other task is
//! sent a message when a document begins, and notes how old it is on arrival.

use std::{
    hint::black_box,
    num::NonZeroUsize,
    sync::Arc,
    time::{Duration, Instant},
};

use criterion::{
    BenchmarkId, Criterion, SamplingMode, criterion_group, criterion_main,
};
use futures::future::join_all;
use tokio::{
    runtime::{self, Runtime},
    sync::mpsc::{UnboundedSender, unbounded_channel},
};

use crunch_solution::{self as reference, Document, Model, Score, given};

#[path = "../src/anti/pool_per_call.rs"]
mod pool_per_call;

const REQUESTS: usize = 8;
const DOCUMENTS: usize = 8;

fn crunch(criterion: &mut Criterion) {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime needs a few file descriptors");
    let steps = steps_of(Duration::from_millis(1));
    for (group, measured) in
        [("crunch", Measured::Requests), ("crunch-others", Measured::Others)]
    {
        let mut group = criterion.benchmark_group(group);
        // Each iteration takes long: ten samples of equal length are enough,
        // and the fewest that criterion takes.
        group.sampling_mode(SamplingMode::Flat).sample_size(10);
        group.warm_up_time(Duration::from_millis(100));
        group.measurement_time(Duration::from_secs(1));
        for places in [1, 2, 4, 8] {
            let places = NonZeroUsize::new(places).expect("not 0");
            let id = |name| BenchmarkId::new(name, places);
            group.bench_function(id("reference"), |bencher| {
                bencher.iter_custom(|times| {
                    let scorer = |model| reference::Scorer::new(places, model);
                    let score = async |scorer: &reference::Scorer| {
                        drop(scorer.score_all(documents()).await);
                    };
                    taken(&runtime, times, measured, steps, scorer, &score)
                });
            });
            group.bench_function(id("pool_per_call"), |bencher| {
                bencher.iter_custom(|times| {
                    let scorer =
                        |model| pool_per_call::Scorer::new(places, model);
                    let score = async |scorer: &pool_per_call::Scorer| {
                        drop(scorer.score_all(documents()).await);
                    };
                    taken(&runtime, times, measured, steps, scorer, &score)
                });
            });
        }
        group.finish();
    }
}

/// What a figure shows.
#[derive(Clone, Copy)]
enum Measured {
    /// How long all requests take together.
    Requests,
    /// How old a message is when another task gets it, on average.
    Others,
}

/// Lets `times` loads be scored, one after another.
fn taken<S>(
    runtime: &Runtime,
    times: u64,
    measured: Measured,
    steps: u64,
    scorer: impl Fn(Model) -> S,
    score: &impl AsyncFn(&S),
) -> Duration {
    let loads = (0..times).map(|_| {
        let (send, mut messages) = unbounded_channel::<Instant>();
        let scorer = scorer(model(steps, send));
        runtime.block_on(async {
            let other = tokio::spawn(async move {
                let (mut waited, mut count) = (Duration::ZERO, 0);
                while let Some(sent) = messages.recv().await {
                    waited += sent.elapsed();
                    count += 1;
                }
                waited / count.max(1)
            });
            let began = Instant::now();
            join_all((0..REQUESTS).map(|_| score(&scorer))).await;
            let took = began.elapsed();
            // The last sender is the model's.
            drop(scorer);
            let waited = other.await.unwrap_or_default();
            match measured {
                Measured::Requests => took,
                Measured::Others => waited,
            }
        })
    });
    loads.sum()
}

fn documents() -> Vec<Document> {
    vec![Document(String::new()); DOCUMENTS]
}

/// A model that sends a message, and then computes.
fn model(steps: u64, send: UnboundedSender<Instant>) -> Model {
    Arc::new(move |_| {
        // An error means that nothing listens any more.
        let _ = send.send(Instant::now());
        Score(compute(steps))
    })
}

fn compute(steps: u64) -> u64 {
    let step = |sum: u64, step| black_box(sum.rotate_left(5) ^ step);
    (0..steps).fold(0, step)
}

/// How many steps take so long.
fn steps_of(time: Duration) -> u64 {
    let mut steps = 1_000;
    loop {
        let began = Instant::now();
        black_box(compute(steps));
        if began.elapsed() >= time {
            return steps;
        }
        steps += steps / 8;
    }
}

criterion_group!(benches, crunch);
criterion_main!(benches);
