//! A retry after a failure: the service that asks for patience is asked again.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use crate::given::*;

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
    while let Ended::Cut { next } = found.ended
        && Instant::now() < deadline
    {
        found.ended = match service.page(next).await {
            Ok(page) => {
                found.offers.extend(page.offers);
                page.next.map_or(Ended::Complete, |next| Ended::Cut { next })
            }
            Err(ServiceError::Status(429 | 503)) => {
                sleep(Duration::from_millis(20)).await;
                continue;
            }
            Err(error) => Ended::Failed(error),
        };
    }
}
