//! Pieces of work that wait more than they compute, a few at once.

use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::Result;

/// Does `work` with each item, on so many threads, and hands back what came of it, in the order in
/// which it was done. An error is the result; what is left is done all the same.
pub fn side_by_side<I: Send, T: Send>(
    items: Vec<I>,
    workers: usize,
    work: impl Fn(I) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let queue = Mutex::new(items.into_iter());
    let results = Mutex::new(Vec::new());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(item) = next() {
                    let result = work(item);
                    results.lock().unwrap_or_else(PoisonError::into_inner).push(result);
                }
            });
        }
    });
    results.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().collect()
}
