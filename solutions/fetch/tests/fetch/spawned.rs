//! The call in a task, on a runtime of several threads.

use fetch::fetch_product;
use testkit::{Answer, Upstream};

#[test]
fn it_can_be_spawned() {
    testkit::run_parallel(async || {
        let upstream = Upstream::start(|request| {
            let code = request.last_segment();
            Answer::json(
                &serde_json::json!({ "code": code, "name": "Bolt", "cents": 5 }),
            )
        });
        let base: reqwest::Url = upstream.url().parse().expect("an address");
        let call = tokio::spawn(async move {
            let client = reqwest::Client::new();
            fetch_product(&client, &base, "bolt").await
        });
        let product = call.await.expect("it returns").expect("a product");
        assert_eq!(product.code, "bolt");
    });
}
