//! # outcomes: every failure, and what kind it is
//!
//! Back up all `databases`. `start` spawns one backup and returns its handle.
//!
//! - Return the snapshots in the order of `databases`, if all are there.
//! - Each place in the list is a backup of its own, even where a name stands
//!   twice.
//! - Start all of them together, however many they are, and abort none.
//! - Wait for all of them, whatever fails.
//! - If one fails, return `Failures`, with every snapshot and every failure at
//!   its place: `all_or_each` does that.
//! - Tell apart the error of a backup, the panic of its task, with the message
//!   that `message_of` reads, and a task that somebody aborted.
//! - Start a backup that ends with `Busy` again, once, at any time after that.
//!   What becomes of its second try is the outcome.
//! - Start no other backup again.
//!
//! Run `cargo test -p outcomes`. The page: book/src/outcomes.md

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
