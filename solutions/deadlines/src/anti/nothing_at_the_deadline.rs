//! One `timeout_at` around the whole, and everything that was found inside of it:
//! the deadline drops both.

use tokio::time::{Instant, timeout_at};

use crate::given::*;

/// Collects offers until `deadline`.
pub async fn search<S: SearchService>(
    service: &S,
    from: Cursor,
    deadline: Instant,
) -> Found {
    timeout_at(deadline, search_all(service, from, deadline))
        .await
        .unwrap_or_else(|_elapsed| Found {
            offers: Vec::new(),
            ended: Ended::Cut { next: from },
        })
}

async fn search_all<S: SearchService>(
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
    if Instant::now() >= deadline {
        return Err(cut);
    }
    service.page(cursor).await.map_err(Ended::Failed)
}
