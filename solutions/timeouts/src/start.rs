//! # timeouts: a limit that covers the whole answer
//!
//! Download a file: the headers of the answer first, then its body, piece by
//! piece. `limit` is for all of that together, on tokio's clock. Any limit will
//! do: zero is over at once, `Duration::MAX` never. If it is over before the
//! file is whole, return `Elapsed`, and no part of the file; where the two
//! coincide, either will do. A failure of the store is `Failed`, at once. Call
//! `open` at most once. When your function returns, with a file or an error, or
//! its caller drops it, the download ends too: nothing is opened, read or kept
//! any more (a task that you abort may end a moment later), and the store sees
//! the connection close if its answer was still on its way. A panic passes
//! through, or is `Task`. Write `download`; all else is there, `tokio-util` and
//! `futures` too. Run:
//!
//! ```sh
//! cargo test -p timeouts
//! ```
//!
//! The page: book/src/timeouts.md

use std::time::Duration;

use crate::given::*;

/// Downloads a file, and takes no longer than `limit`.
pub async fn download<S: Store>(
    store: &S,
    name: &str,
    limit: Duration,
) -> Result<Vec<u8>, DownloadError> {
    todo!("download {name} from {:p} within {limit:?}", store)
}
