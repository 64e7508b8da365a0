//! # deadlines, the reference
//!
//! One `Instant` for all pages. What is found is held outside of the future
//! that the deadline drops.

use tokio::time::{Instant, timeout_at};

use crate::given::*;

/// Collects offers from page `from` on: to the last, a failure or `deadline`.
///
/// # If it is dropped
///
/// The page under way is dropped with it, and the offers found so far are lost.
pub async fn search<S: SearchService>(
    service: &S,
    from: Cursor,
    deadline: Instant,
) -> Found {
    let mut found =
        Found { offers: Vec::new(), ended: Ended::Cut { next: from } };
    // `Err` says that the deadline came first, and so does `found`.
    let _ = timeout_at(deadline, collect(service, deadline, &mut found)).await;
    found
}

/// Adds page after page to `found`, which is true at every await: the deadline
/// may drop this future at any of them.
async fn collect<S: SearchService>(
    service: &S,
    deadline: Instant,
    found: &mut Found,
) {
    // `timeout_at` polls this before it looks at the time. Without the
    // comparison, a page could be asked for too late.
    while let Ended::Cut { next } = found.ended
        && Instant::now() < deadline
    {
        found.ended = match service.page(next).await {
            Ok(page) => {
                found.offers.extend(page.offers);
                page.next.map_or(Ended::Complete, |next| Ended::Cut { next })
            }
            Err(error) => Ended::Failed(error),
        };
    }
}
