//! Many that wait, and do nothing else: as tasks and as threads.

use std::env;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, Thread};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use tokio::runtime;
use tokio::sync::Notify;
use workbook::catalogue::bench::Series;

use crate::sample::{RUNS, nanos, point, series};

/// More than ten thousand threads are too many for some systems. On Linux each takes four memory
/// mappings, and a process may often have no more than 65,530.
const CASES: [(How, &[u64]); 2] = [
    (How::Threads, &[1_000, 10_000]),
    (How::Tasks, &[1_000, 10_000, 100_000]),
];

/// As what they wait.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum How {
    /// Tasks of tokio, on as many threads as there are cores.
    Tasks,
    /// Threads of the system, with the stack that Rust gives them.
    Threads,
}

/// One sample.
#[derive(Serialize, Deserialize)]
pub struct Taken {
    /// By how much the resident set has grown.
    bytes: u64,
    /// From the first start until the last one waits.
    nanos: f64,
}

/// The lines of the two figures.
pub struct Figures {
    /// By how much the resident set grows.
    pub memory: Vec<Series>,
    /// How long it takes until all wait.
    pub start: Vec<Series>,
}

/// Takes every sample in a process of its own.
pub fn measure() -> Figures {
    let mut figures = Figures {
        memory: Vec::new(),
        start: Vec::new(),
    };
    for (how, counts) in CASES {
        let (name, label) = match how {
            How::Threads => ("threads", "threads of the system"),
            How::Tasks => ("tasks", "tasks of tokio"),
        };
        let (mut memory, mut start) = (Vec::new(), Vec::new());
        for &count in counts {
            eprintln!("waiting: {count} {name} …");
            let taken: Result<Vec<Taken>> =
                (0..RUNS).map(|_| in_a_process(name, count)).collect();
            let taken = match taken {
                Ok(taken) => taken,
                Err(error) => {
                    // Systems differ in how many threads they allow: the rest is measured still.
                    eprintln!("{error:#}");
                    continue;
                }
            };
            #[expect(
                clippy::cast_precision_loss,
                reason = "no process has 2^52 bytes"
            )]
            memory.push(point(
                count,
                taken.iter().map(|taken| taken.bytes as f64).collect(),
            ));
            start.push(point(
                count,
                taken.iter().map(|taken| taken.nanos).collect(),
            ));
        }
        figures.memory.push(series(name, label, memory));
        figures.start.push(series(name, label, start));
    }
    figures
}

fn in_a_process(how: &str, count: u64) -> Result<Taken> {
    let output = Command::new(env::current_exe()?)
        .args(["wait", how, &count.to_string()])
        .output()
        .context("cannot start a process for the sample")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{count} {how} could not wait: {said}");
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Lets so many wait, and tells what that took.
pub fn wait(how: How, count: u64) -> Result<Taken> {
    let before = resident()?;
    match how {
        How::Tasks => tasks(before, count),
        How::Threads => threads(before, count),
    }
}

/// The memory of this process that lies in RAM, in bytes. What the kernel keeps about each thread
/// is not in it.
fn resident() -> Result<u64> {
    let stats = memory_stats::memory_stats()
        .context("this system does not tell its memory")?;
    Ok(stats.physical_mem.try_into()?)
}

fn taken(before: u64, began: Instant) -> Result<Taken> {
    let nanos = nanos(began.elapsed());
    Ok(Taken {
        bytes: resident()?.saturating_sub(before),
        nanos,
    })
}

fn tasks(before: u64, count: u64) -> Result<Taken> {
    struct Shared {
        missing: AtomicU64,
        all_wait: Notify,
        over: Notify,
    }
    let shared = Shared {
        missing: AtomicU64::new(count),
        all_wait: Notify::new(),
        over: Notify::new(),
    };
    let began = Instant::now();
    // The runtime belongs to the price.
    let runtime = runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let shared = Arc::new(shared);
        let mut tasks = Vec::new();
        for _ in 0..count {
            let shared = shared.clone();
            tasks.push(tokio::spawn(async move {
                // Made before it is counted: it hears of an end that comes before it is awaited.
                let over = shared.over.notified();
                if shared.missing.fetch_sub(1, Ordering::AcqRel) == 1 {
                    shared.all_wait.notify_one();
                }
                over.await;
            }));
        }
        shared.all_wait.notified().await;
        let taken = taken(before, began);
        shared.over.notify_waiters();
        for task in tasks {
            task.await?;
        }
        taken
    })
}

fn threads(before: u64, count: u64) -> Result<Taken> {
    struct Shared {
        missing: AtomicU64,
        measuring: Thread,
        over: AtomicBool,
    }
    let shared = Arc::new(Shared {
        missing: AtomicU64::new(count),
        measuring: thread::current(),
        over: AtomicBool::new(false),
    });
    let began = Instant::now();
    let mut threads = Vec::new();
    for number in 0..count {
        let shared = shared.clone();
        let started = thread::Builder::new().spawn(move || {
            if shared.missing.fetch_sub(1, Ordering::AcqRel) == 1 {
                shared.measuring.unpark();
            }
            while !shared.over.load(Ordering::Acquire) {
                thread::park();
            }
        });
        // The others end with this process.
        threads.push(
            started.with_context(|| {
                format!("the system stops at thread {number}")
            })?,
        );
    }
    while shared.missing.load(Ordering::Acquire) > 0 {
        thread::park();
    }
    let taken = taken(before, began);
    shared.over.store(true, Ordering::Release);
    for thread in &threads {
        thread.thread().unpark();
    }
    for thread in threads {
        // One that has panicked has ended as well.
        thread.join().ok();
    }
    taken
}
