//! It can be spawned on a multi-thread runtime, as a server would.

use std::pin::pin;

use futures::TryStreamExt;
use pagination::reviews;
use reqwest::Client;
use testkit::mock;

#[test]
fn in_a_task_of_a_server() {
    testkit::run_parallel(async || {
        let page = serde_json::json!({
            "reviews": [{ "id": 1, "text": "good" }],
            "next": null,
        });
        let server = mock::answering(&page).await;
        let (client, url) = (Client::new(), server.uri());

        let task = tokio::spawn(async move {
            let mut reviews = pin!(reviews(&client, &url));
            let first = reviews.try_next().await;
            (first, reviews.try_next().await)
        });

        let (first, second) = task.await.expect("no panic");
        assert_eq!(first.ok().flatten().map(|review| review.id), Some(1));
        assert!(matches!(second, Ok(None)));
    });
}
