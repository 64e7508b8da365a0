//! Work that only computes: nothing waits, so there is nothing that async could fill.

use std::hint::black_box;
use std::thread;

use anyhow::{Result, ensure};
use futures::future::join_all;
use tokio::runtime;
use workbook::catalogue::bench::Series;

use crate::sample::{Way, compare};

const COUNTS: [u64; 4] = [1, 2, 4, 8];
/// Up to here primes are counted; there are [`PRIMES`] of them.
const BELOW: u64 = 120_000;
const PRIMES: usize = 11_301;

/// A piece of work, some tens of milliseconds long.
fn count_primes() -> usize {
    let below = black_box(BELOW);
    (2..below)
        .filter(|n| (2..*n).take_while(|d| d * d <= *n).all(|d| n % d != 0))
        .count()
}

/// Measures four ways to do the same.
pub fn measure() -> Result<Vec<Series>> {
    eprintln!("computing …");
    let runtime = runtime::Builder::new_multi_thread().enable_all().build()?;
    let ways = [
        Way {
            name: "in_sequence",
            label: "one after another",
            run: &|pieces| right(pieces, &in_sequence(pieces)),
        },
        Way {
            name: "joined",
            label: "`join_all`: futures of one task",
            run: &|pieces| right(pieces, &runtime.block_on(joined(pieces))),
        },
        Way {
            name: "spawned",
            label: "`tokio::spawn`: a task each",
            run: &|pieces| right(pieces, &runtime.block_on(spawned(pieces))),
        },
        Way {
            name: "threads",
            label: "`thread::scope`: a thread each",
            run: &|pieces| right(pieces, &in_threads(pieces)),
        },
    ];
    compare(&ways, &COUNTS)
}

fn right(pieces: u64, done: &[usize]) -> Result<()> {
    ensure!(done.len() as u64 == pieces && done.iter().all(|n| *n == PRIMES));
    Ok(())
}

fn in_sequence(pieces: u64) -> Vec<usize> {
    (0..pieces).map(|_| count_primes()).collect()
}

async fn joined(pieces: u64) -> Vec<usize> {
    join_all((0..pieces).map(|_| async { count_primes() })).await
}

async fn spawned(pieces: u64) -> Vec<usize> {
    // In a service this would be a fault: other tasks want the runtime's threads.
    let tasks: Vec<_> = (0..pieces)
        .map(|_| tokio::spawn(async { count_primes() }))
        .collect();
    let mut done = Vec::new();
    for task in tasks {
        done.extend(task.await);
    }
    done
}

fn in_threads(pieces: u64) -> Vec<usize> {
    thread::scope(|scope| {
        let threads: Vec<_> =
            (0..pieces).map(|_| scope.spawn(count_primes)).collect();
        threads
            .into_iter()
            .filter_map(|thread| thread.join().ok())
            .collect()
    })
}
