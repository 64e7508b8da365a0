//! The remaining budget, worked out anew before each step and passed down.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::given::*;

/// Collects offers until `deadline`; each page is told how long it may take.
pub async fn search<S: SearchService>(
    service: &S,
    from: Cursor,
    deadline: Instant,
) -> Found {
    let mut offers = Vec::new();
    let mut next = from;
    let ended = loop {
        // Anew for each page: what the pages before have used is gone.
        let left = deadline.saturating_duration_since(Instant::now());
        let page = match page_within(left, service, next).await {
            Ok(page) => page,
            Err(ended) => break ended,
        };
        offers.extend(page.offers);
        let Some(cursor) = page.next else {
            break Ended::Complete;
        };
        next = cursor;
    };
    Found { offers, ended }
}

/// The page at `cursor`, or how the search ends without it. With no
/// time left, it is not asked for.
async fn page_within<S: SearchService>(
    limit: Duration,
    service: &S,
    cursor: Cursor,
) -> Result<Page, Ended> {
    let cut = Ended::Cut { next: cursor };
    if limit.is_zero() {
        return Err(cut);
    }
    match timeout(limit, service.page(cursor)).await {
        Ok(answer) => answer.map_err(Ended::Failed),
        Err(_elapsed) => Err(cut),
    }
}
