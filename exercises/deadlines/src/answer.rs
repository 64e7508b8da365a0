//! # deadlines: one limit for all the steps
//!
//! Collect offers page by page, from the page at `from` on. Each page names the
//! next, so they cannot be asked for together. Come back with the last page,
//! with the first failure, or at `deadline`, and bring every offer that has
//! arrived. At the deadline itself, a page that arrives counts, the page under
//! way is dropped, and no further page is asked for. When you return, no work
//! goes on. Read the time with tokio's `Instant`, never with that of `std`.
//! Write the body of `search`; all else is ready to use, and `tokio` and
//! `futures` are there. Then run:
//!
//! ```sh
//! cargo test -p deadlines
//! ```
//!
//! The page: book/src/deadlines.md

use tokio::time::Instant;

use crate::given::*;

/// Collects the offers of the page at `from` and of all that follow, as far as
/// `deadline` allows.
pub async fn search<S: SearchService>(
    service: &S,
    from: Cursor,
    deadline: Instant,
) -> Found {
    todo!("ask {service:p} for the page at {from:?}, until {deadline:?}")
}
