//! `?` on an error of the service: it carries the error out and nothing else.

use tokio::time::{Instant, timeout_at};

use crate::given::*;

/// Collects offers until `deadline`.
pub async fn search<S: SearchService>(
    service: &S,
    from: Cursor,
    deadline: Instant,
) -> Found {
    search_all(service, from, deadline).await.unwrap_or_else(|error| Found {
        offers: Vec::new(),
        ended: Ended::Failed(error),
    })
}

async fn search_all<S: SearchService>(
    service: &S,
    from: Cursor,
    deadline: Instant,
) -> Result<Found, ServiceError> {
    let mut offers = Vec::new();
    let mut next = from;
    let ended = loop {
        let Some(page) = page_by(deadline, service, next).await? else {
            break Ended::Cut { next };
        };
        offers.extend(page.offers);
        let Some(cursor) = page.next else {
            break Ended::Complete;
        };
        next = cursor;
    };
    Ok(Found { offers, ended })
}

/// The page at `cursor`, or `None` when it does not arrive by `deadline`.
async fn page_by<S: SearchService>(
    deadline: Instant,
    service: &S,
    cursor: Cursor,
) -> Result<Option<Page>, ServiceError> {
    if Instant::now() >= deadline {
        return Ok(None);
    }
    let answer = timeout_at(deadline, service.page(cursor)).await;
    answer.ok().transpose()
}
