//! A timeout for each step: the budget, worked out once, is given to every page.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::given::*;

/// Collects offers; each page may take as long as the whole was to.
pub async fn search<S: SearchService>(
    service: &S,
    from: Cursor,
    deadline: Instant,
) -> Found {
    let budget = deadline - Instant::now();
    let mut offers = Vec::new();
    let mut next = from;
    let ended = loop {
        let page = match page_within(budget, service, next).await {
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

/// The page at `cursor`, or how the search ends without it.
async fn page_within<S: SearchService>(
    limit: Duration,
    service: &S,
    cursor: Cursor,
) -> Result<Page, Ended> {
    let cut = Ended::Cut { next: cursor };
    match timeout(limit, service.page(cursor)).await {
        Ok(answer) => answer.map_err(Ended::Failed),
        Err(_elapsed) => Err(cut),
    }
}
