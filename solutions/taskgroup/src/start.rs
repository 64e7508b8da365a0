//! # taskgroup: when one job fails, stop the others
//!
//! Run all `jobs` together: return the value of each, or the first failure.
//!
//! - No jobs give no values.
//! - Start all jobs before you wait for one. At most thirty: set no limit.
//! - Return the values in the order of `jobs`.
//! - The moment a job fails, wherever it is in the list, stop the others and
//!   return its error.
//! - A job that panics fails as well: return what it panicked with.
//! - A job that fails or panics while it is being stopped changes nothing.
//! - Return, with values or without, only when every job has ended or been
//!   dropped, destructors included.
//! - A call that is dropped stops its jobs. Calls do not affect each other.
//!
//! `GroupError` is in given.rs; `tokio`, `tokio-util` and `futures` are there.
//! Run `cargo test -p taskgroup`. The page: book/src/taskgroup.md

use crate::given::*;

/// Runs all `jobs` together: the value of each, or the first failure.
pub async fn run_all<J, T, E>(jobs: Vec<J>) -> Result<Vec<T>, GroupError<E>>
where
    J: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    todo!("run {} jobs", jobs.len())
}
