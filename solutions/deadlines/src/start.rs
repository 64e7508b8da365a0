//! # deadlines: one deadline for all steps
//!
//! Collect offers page by page: the page at `from`, then each page's `next`.
//!
//! - Return at once with the last page (`Complete`) or the first failure of the
//!   service (`Failed`).
//! - Otherwise return at `deadline`, on tokio's clock (`Cut`).
//! - Ask for the next page at once. It may take all the time that is left.
//! - However it ends, return the offers of all pages that have arrived, in the
//!   order of arrival. `Cut` names the first page that has not.
//! - From the deadline on, ask for no page.
//! - Ask for each page once, with no retry. When you return, none is still
//!   under way.
//! - A call that is dropped stops at once, and nothing of it goes on. A panic
//!   is passed on.
//! - Calls do not affect each other, at the same time or one after another.
//!
//! Run `cargo test -p deadlines`. The page: book/src/deadlines.md

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
