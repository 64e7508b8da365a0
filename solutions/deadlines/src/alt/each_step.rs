//! A limit at each step: all of them are given the same `Instant`.

use tokio::time::{Instant, timeout_at};

use crate::given::*;

/// Collects offers until `deadline`.
pub async fn search<S: SearchService>(
    service: &S,
    from: Cursor,
    deadline: Instant,
) -> Found {
    let mut offers = Vec::new();
    let mut next = from;
    let ended = loop {
        let page = match page_by(deadline, service, next).await {
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
async fn page_by<S: SearchService>(
    deadline: Instant,
    service: &S,
    cursor: Cursor,
) -> Result<Page, Ended> {
    let cut = Ended::Cut { next: cursor };
    // `timeout_at` polls the page before it looks at the time: too late, a page
    // would still be asked for, and dropped at once.
    if Instant::now() >= deadline {
        return Err(cut);
    }
    match timeout_at(deadline, service.page(cursor)).await {
        Ok(answer) => answer.map_err(Ended::Failed),
        Err(_elapsed) => Err(cut),
    }
}
