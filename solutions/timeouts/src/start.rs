//! # timeouts: a timeout must cover the whole response
//!
//! Download the file `name` from `store`, in no more time than `limit`.
//!
//! - Return every byte of every piece, in order. A piece may be empty.
//! - Return as soon as the file is whole or the store has failed.
//! - `limit` covers everything: `open` and all pieces together.
//! - When it is over, return `Elapsed`, even if nothing more comes. Until then,
//!   any part may be slow.
//! - Whatever error the store reports, return it as `Failed`, even a time-out.
//! - Call `open` once. Calls do not affect each other.
//! - When the call has returned, nothing of the download goes on.
//! - A call that is dropped stops at once, and nothing of it goes on. A panic
//!   is passed on.
//!
//! The rest is in given.rs, and `tokio`, `tokio-util` and `futures` are there.
//! Run `cargo test -p timeouts`. The page: book/src/timeouts.md

use std::time::Duration;

use crate::given::*;

/// Downloads a file, and takes no longer than `limit`, by tokio's clock. With a
/// limit of zero it waits for nothing; what is there at once may be returned.
pub async fn download<S: Store>(
    store: &S,
    name: &str,
    limit: Duration,
) -> Result<Vec<u8>, DownloadError> {
    todo!("download {name} from {:p} within {limit:?}", store)
}
