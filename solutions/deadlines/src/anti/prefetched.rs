//! The next page is asked for in a task, while the caller is given this one.

use tokio::{
    task::{self, JoinHandle},
    time::{Instant, timeout_at},
};

use crate::given::*;

/// Collects offers until `deadline`.
pub async fn search<S: SearchService>(
    service: &S,
    from: Cursor,
    deadline: Instant,
) -> Found {
    let mut found =
        Found { offers: Vec::new(), ended: Ended::Cut { next: from } };
    let mut ahead = None;
    while let Ended::Cut { next } = found.ended
        && Instant::now() < deadline
    {
        let page = ahead.take().unwrap_or_else(|| asked(service, next));
        found.ended = match timeout_at(deadline, page).await {
            Err(_elapsed) => break,
            Ok(Err(end)) => std::panic::resume_unwind(end.into_panic()),
            Ok(Ok(Err(error))) => {
                // Perhaps it works the next time.
                drop(asked(service, next));
                Ended::Failed(error)
            }
            Ok(Ok(Ok(page))) => {
                ahead = page.next.map(|next| asked(service, next));
                found.offers.extend(page.offers);
                page.next.map_or(Ended::Complete, |next| Ended::Cut { next })
            }
        };
    }
    found
}

/// The page at `cursor`, under way in a task.
fn asked<S: SearchService>(
    service: &S,
    cursor: Cursor,
) -> JoinHandle<Result<Page, ServiceError>> {
    let service = service.clone();
    task::spawn(async move { service.page(cursor).await })
}
