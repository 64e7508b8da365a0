//! A lock that all searches share: one waits for the other, and its time runs.

use std::sync::Arc;

use tokio::{
    sync::Mutex,
    time::{Instant, timeout_at},
};

use crate::given::*;

thread_local! {
    /// Held during a search.
    static SEARCHING: Arc<Mutex<()>> = Arc::default();
}

/// Collects offers until `deadline`.
pub async fn search<S: SearchService>(
    service: &S,
    from: Cursor,
    deadline: Instant,
) -> Found {
    let mut found =
        Found { offers: Vec::new(), ended: Ended::Cut { next: from } };
    let _ = timeout_at(deadline, collect(service, deadline, &mut found)).await;
    found
}

/// Adds page after page to `found`.
async fn collect<S: SearchService>(
    service: &S,
    deadline: Instant,
    found: &mut Found,
) {
    let _alone = SEARCHING.with(Arc::clone).lock_owned().await;
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
