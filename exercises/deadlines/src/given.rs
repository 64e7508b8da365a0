//! What the exercise gives you: types and functions that are ready to use.

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
    /// The offers of every page that has arrived, in the order of arrival.
    pub offers: Vec<String>,
    pub ended: Ended,
}

/// How a search ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// The last page has arrived.
    Complete,
    /// The deadline came first. `next` is the first page whose offers are not
    /// in [`Found::offers`]: a later search can go on from there. A page that
    /// arrives at the very deadline may count or not.
    Cut { next: Cursor },
    /// The service answered with an error.
    Failed(ServiceError),
}
