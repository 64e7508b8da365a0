//! # deadlines, the reference
//!
//! One `Instant`, passed to every step. Whatever the steps before have used up is
//! gone, whatever they left is there for the next, and nobody has to calculate.
//! The offers are held outside of what the deadline drops.

use tokio::time::{Instant, timeout_at};

/// Where a page of offers is to be found; only the service can read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor(pub u64);

/// Some offers, and where the next ones are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub offers: Vec<String>,
    /// `None` on the last page.
    pub next: Option<Cursor>,
}

/// Why the service has no page to give.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServiceError {
    /// The service answered with a status that is not a success.
    #[error("the service answered {0}")]
    Status(u16),
    /// The service gave up waiting for somebody else. This is an answer, and
    /// has nothing to do with our own deadline.
    #[error("the service ran out of time itself")]
    TimedOut,
}

/// A search that hands out its offers page by page.
pub trait SearchService: Clone + Send + Sync + 'static {
    /// Asks for the page at `cursor`. Dropping the future takes the question
    /// back.
    fn page(
        &self,
        cursor: Cursor,
    ) -> impl Future<Output = Result<Page, ServiceError>> + Send;
}

/// What a search found, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The offers of every page that arrived, in the order of arrival.
    pub offers: Vec<String>,
    pub ended: Ended,
}

/// How a search ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// The last page has arrived.
    Complete,
    /// The deadline came first. The page at `next` has not arrived, nor any
    /// after it; a later search can go on from there.
    Cut { next: Cursor },
    /// The service answered with an error.
    Failed(ServiceError),
}

/// Collects the offers of the page at `from` and of all that follow, until the
/// last page has arrived, the service fails, or `deadline` has come.
///
/// A page that arrives at the very moment of the deadline counts. Once the
/// deadline has come, no page is asked for.
///
/// # Cancel safety
///
/// Dropping the returned future takes the question back that is under way. The
/// offers that had arrived are lost with it; nothing else is.
pub async fn search<S: SearchService>(
    service: &S,
    from: Cursor,
    deadline: Instant,
) -> Found {
    let mut offers = Vec::new();
    let mut next = Some(from);
    while let Some(cursor) = next {
        // `timeout_at` polls the page before it looks at the time, so a page
        // would be asked for, and dropped at once, also when it is too late.
        if Instant::now() >= deadline {
            return Found {
                offers,
                ended: Ended::Cut { next: cursor },
            };
        }
        match timeout_at(deadline, service.page(cursor)).await {
            Ok(Ok(page)) => {
                offers.extend(page.offers);
                next = page.next;
            }
            Ok(Err(error)) => {
                return Found {
                    offers,
                    ended: Ended::Failed(error),
                };
            }
            Err(_elapsed) => {
                return Found {
                    offers,
                    ended: Ended::Cut { next: cursor },
                };
            }
        }
    }
    Found {
        offers,
        ended: Ended::Complete,
    }
}
