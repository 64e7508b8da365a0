//! # timeouts: a timeout must cover the whole response
//!
//! Download the file `name` from `store`, in no more time than `limit`.
//!
//! - Return every byte of every piece, in order. A piece may be empty.
//! - Return as soon as the file is whole or the store has failed.
//! - `limit` is for the whole: for `open` and for all pieces together.
//! - When it is over, return `Elapsed`, even if nothing comes any more. Until
//!   then, any part may be slow.
//! - Return what the store reports as `Failed`, even if it reports a time-out.
//! - Call `open` once. Calls know nothing of each other.
//! - When it has returned, nothing of the download goes on.
//! - Dropped, it stops at once and nothing of it goes on; a panic is passed on.
//!
//! All else is in given.rs, and `tokio`, `tokio-util` and `futures` are there.
//! Run `cargo test -p timeouts`. The page: book/src/timeouts.md

use std::time::Duration;

use crate::given::*;

/// Downloads a file, and takes no longer than `limit`, by tokio's clock. Zero is
/// over at once.
pub async fn download<S: Store>(
    store: &S,
    name: &str,
    limit: Duration,
) -> Result<Vec<u8>, DownloadError> {
    todo!("download {name} from {:p} within {limit:?}", store)
}
