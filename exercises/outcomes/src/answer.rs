//! # outcomes: every failure, and what kind it is
//!
//! Back up all `databases`. `start` spawns one backup and returns its handle (a
//! `JoinHandle`); `start` itself never panics. Start all together, however many
//! they are: no first try waits until another backup has ended. Whatever fails,
//! abort none, start the second tries all the same, and wait for all of them,
//! however long they take. Each backup that ends with `Busy`, and no other, is
//! started again: once, at any time after that; what becomes of this second try
//! is the outcome. Each place in `databases` is a backup of its own, with a
//! second try of its own, even where a name stands twice. If every place has
//! its snapshot, return them in this order; else return `Failures`: the
//! snapshots in `done`, everything else in `failed`, each with its place. Tell
//! apart the error of a backup, the panic of its task, with the message that
//! `message_of` reads, unchanged, and a task that somebody aborted. Write the
//! body of `back_up_all`; everything else is ready to use, and `tokio` and
//! `futures` are there. Then run:
//!
//! ```sh
//! cargo test -p outcomes
//! ```
//!
//! The page: book/src/outcomes.md

use crate::given::*;

/// Backs up all `databases` at once: every snapshot, or every outcome there is.
///
/// What becomes of the backups if this future is dropped is up to you.
pub async fn back_up_all<S>(
    start: S,
    databases: &[String],
) -> Result<Vec<Snapshot>, Failures>
where
    S: Fn(&str) -> Backup + Clone + Send + Sync + 'static,
{
    let _ = start; // until it is used: delete this line
    todo!("back up {} databases", databases.len())
}
