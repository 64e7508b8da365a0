//! It can be spawned on a multi-thread runtime, as a server would.

use gather::fetch_users;
use reqwest::Client;
use testkit::mock::{self, ResponseTemplate};

#[test]
fn in_a_task_of_a_server() {
    testkit::run_parallel(async || {
        let server = mock::start().await;
        let user = serde_json::json!({ "id": 1, "name": "user 1" });
        mock::any(&server, ResponseTemplate::new(200).set_body_json(user))
            .await;
        let (client, url) = (Client::new(), server.uri());

        let task = tokio::spawn(async move {
            fetch_users(&client, &url, &[1, 2, 3]).await
        });

        let users = task.await.expect("no panic");
        assert_eq!(users.iter().flatten().count(), 3);
    });
}
