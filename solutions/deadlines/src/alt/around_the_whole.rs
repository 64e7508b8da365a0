//! One `timeout_at` around the whole, which borrows what has been found instead of
//! owning it.

use tokio::time::{Instant, timeout_at};

use crate::given::*;

/// Collects offers until `deadline`.
pub async fn search<S: SearchService>(
    service: &S,
    from: Cursor,
    deadline: Instant,
) -> Found {
    // What is found lives outside of the future that the deadline drops.
    let mut found =
        Found { offers: Vec::new(), ended: Ended::Cut { next: from } };
    // At every await in there, `found` says what is true if it ends there.
    let _ = timeout_at(deadline, collect(deadline, service, &mut found)).await;
    found
}

/// Brings `found` up to date with each page, from where it was cut.
async fn collect<S: SearchService>(
    deadline: Instant,
    service: &S,
    found: &mut Found,
) {
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
