//! The cut names the last page that arrived, not the first one that did not.

use tokio::time::{Instant, timeout_at};

use crate::given::*;

/// Collects offers until `deadline`.
pub async fn search<S: SearchService>(
    service: &S,
    from: Cursor,
    deadline: Instant,
) -> Found {
    let mut offers = Vec::new();
    let mut next = Some(from);
    let mut last = from;
    while let Some(cursor) = next {
        match page_by(deadline, service, cursor).await {
            Ok(Some(page)) => {
                offers.extend(page.offers);
                (last, next) = (cursor, page.next);
            }
            Ok(None) => break,
            Err(ended) => return Found { offers, ended },
        }
    }
    let cut = Ended::Cut { next: last };
    let ended = next.map_or(Ended::Complete, |_| cut);
    Found { offers, ended }
}

/// The page at `cursor`, or `None` when it does not arrive by `deadline`.
async fn page_by<S: SearchService>(
    deadline: Instant,
    service: &S,
    cursor: Cursor,
) -> Result<Option<Page>, Ended> {
    if Instant::now() >= deadline {
        return Ok(None);
    }
    let answer = timeout_at(deadline, service.page(cursor)).await;
    answer.ok().transpose().map_err(Ended::Failed)
}
