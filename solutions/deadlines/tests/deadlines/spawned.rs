//! The call in a task, on a runtime of several threads.

use std::time::Duration;

use deadlines::{Cursor, Ended, Page, SearchService, ServiceError, search};
use tokio::time::Instant;

#[derive(Clone)]
struct Service;

impl SearchService for Service {
    async fn page(&self, cursor: Cursor) -> Result<Page, ServiceError> {
        tokio::task::yield_now().await;
        let next = (cursor.0 < 3).then_some(Cursor(cursor.0 + 1));
        Ok(Page { offers: vec![cursor.0.to_string()], next })
    }
}

#[test]
fn it_can_be_spawned() {
    testkit::run_parallel(async || {
        let deadline = Instant::now() + Duration::from_mins(1);
        let call = async move { search(&Service, Cursor(1), deadline).await };
        let found = tokio::spawn(call).await.expect("it returns");
        assert_eq!(found.offers, ["1", "2", "3"]);
        assert_eq!(found.ended, Ended::Complete);
    });
}
