//! Giving up early: with less time left than the slowest page took, no further
//! page is asked for.

use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};

use crate::given::*;

/// Collects offers until `deadline`.
pub async fn search<S: SearchService>(
    service: &S,
    from: Cursor,
    deadline: Instant,
) -> Found {
    let mut slowest = Duration::ZERO;
    let mut offers = Vec::new();
    let mut next = from;
    let ended = loop {
        let asked = Instant::now();
        if asked + slowest >= deadline {
            sleep_until(deadline).await;
            break Ended::Cut { next };
        }
        match timeout_at(deadline, service.page(next)).await {
            Ok(Ok(page)) => {
                slowest = slowest.max(asked.elapsed());
                offers.extend(page.offers);
                match page.next {
                    Some(cursor) => next = cursor,
                    None => break Ended::Complete,
                }
            }
            Ok(Err(error)) => break Ended::Failed(error),
            Err(_elapsed) => break Ended::Cut { next },
        }
    };
    Found { offers, ended }
}
