//! Short slices, to look at the clock in between: each one drops the page and asks
//! for it again.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::given::*;

/// How long a page is awaited before the clock is looked at.
const SLICE: Duration = Duration::from_millis(10);

/// Collects offers until `deadline`.
pub async fn search<S: SearchService>(
    service: &S,
    from: Cursor,
    deadline: Instant,
) -> Found {
    let mut offers = Vec::new();
    let mut next = from;
    while Instant::now() < deadline {
        let ended = match timeout(SLICE, service.page(next)).await {
            Ok(Ok(page)) => {
                offers.extend(page.offers);
                match page.next {
                    Some(cursor) => {
                        next = cursor;
                        continue;
                    }
                    None => Ended::Complete,
                }
            }
            Ok(Err(error)) => Ended::Failed(error),
            Err(_elapsed) => continue,
        };
        return Found { offers, ended };
    }
    Found { offers, ended: Ended::Cut { next } }
}
