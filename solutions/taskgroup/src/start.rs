//! # taskgroup: all succeed, or the first failure stops the rest
//!
//! Start all `jobs` together, in one task or in several, but not on blocking
//! threads, and return their values in the order of `jobs`. There are never
//! more than 30 jobs. The first job to fail, wherever it stands, ends the call:
//! the others are stopped at once, and as soon as nothing is left of them,
//! return `Failed` with its error, or `Panicked` if it panicked. A late error
//! or panic of those that are being stopped does not change that. When the call
//! returns, with values or without, nothing is left of any job: each has ended
//! or been dropped, its destructors included. If the call's own future is
//! dropped at one of its awaits, its jobs stop as well; nobody waits for them
//! then. Write the body of `run_all`; all else is ready to use, and `tokio`,
//! `tokio-util` and `futures` are there. Then run:
//!
//! ```sh
//! cargo test -p taskgroup
//! ```
//!
//! The page: book/src/taskgroup.md

use crate::given::*;

/// Runs all `jobs` together: the value of each, or the first failure.
///
/// Of two jobs that fail at the same moment, either may be the first.
pub async fn run_all<J, T, E>(jobs: Vec<J>) -> Result<Vec<T>, GroupError<E>>
where
    J: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Send + 'static,
{
    todo!("run {} jobs", jobs.len())
}
