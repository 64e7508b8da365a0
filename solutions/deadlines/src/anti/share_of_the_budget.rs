//! The budget divided up beforehand: each page gets the same share.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::given::*;

/// A search has this many pages, more or less.
const PAGES: u32 = 5;

/// Collects offers; each page may take its share of the time.
pub async fn search<S: SearchService>(
    service: &S,
    from: Cursor,
    deadline: Instant,
) -> Found {
    let share = (deadline - Instant::now()) / PAGES;
    let mut offers = Vec::new();
    let mut next = from;
    let ended = loop {
        let page = match page_within(share, service, next).await {
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
    if limit.is_zero() {
        return Err(cut);
    }
    match timeout(limit, service.page(cursor)).await {
        Ok(answer) => answer.map_err(Ended::Failed),
        Err(_elapsed) => Err(cut),
    }
}
