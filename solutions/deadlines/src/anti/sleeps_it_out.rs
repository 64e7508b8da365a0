//! A task collects, and the search sleeps until the deadline, come what may.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::{Instant, sleep_until};

use crate::given::*;

/// Collects offers until `deadline`.
pub async fn search<S: SearchService>(
    service: &S,
    from: Cursor,
    deadline: Instant,
) -> Found {
    let found = Arc::new(Mutex::new(Found {
        offers: Vec::new(),
        ended: Ended::Cut { next: from },
    }));
    let task = tokio::spawn(collect(service.clone(), from, Arc::clone(&found)));
    sleep_until(deadline).await;
    task.abort();
    let _ = task.await;
    found.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Writes down what is found, page by page.
async fn collect<S: SearchService>(
    service: S,
    from: Cursor,
    found: Arc<Mutex<Found>>,
) {
    let mut next = Some(from);
    while let Some(cursor) = next {
        let answer = service.page(cursor).await;
        let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
        next = answer.as_ref().ok().and_then(|page| page.next);
        found.ended = match answer {
            Ok(page) => {
                found.offers.extend(page.offers);
                page.next.map_or(Ended::Complete, |next| Ended::Cut { next })
            }
            Err(error) => Ended::Failed(error),
        };
    }
}
