//! One timer for the whole search, made once and pinned; `select!` at each step.

use std::pin::{Pin, pin};

use tokio::time::{Instant, Sleep, sleep_until};

use crate::given::*;

/// Collects offers until `deadline`.
pub async fn search<S: SearchService>(
    service: &S,
    from: Cursor,
    deadline: Instant,
) -> Found {
    let mut offers = Vec::new();
    let mut next = from;
    let mut time_is_up = pin!(sleep_until(deadline));
    let ended = loop {
        let timer = time_is_up.as_mut();
        let page = match page_before(timer, service, next).await {
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
async fn page_before<S: SearchService>(
    time_is_up: Pin<&mut Sleep>,
    service: &S,
    cursor: Cursor,
) -> Result<Page, Ended> {
    let cut = Ended::Cut { next: cursor };
    if Instant::now() >= time_is_up.deadline() {
        return Err(cut);
    }
    tokio::select! {
        // From top to bottom: a page that is there at the deadline counts.
        biased;
        answer = service.page(cursor) => answer.map_err(Ended::Failed),
        () = time_is_up => Err(cut),
    }
}
