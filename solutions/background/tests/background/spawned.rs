//! It can be spawned on a multi-thread runtime, as a server would.

use std::sync::Arc;

use background::{Mailer, Service};
use reqwest::Client;
use sqlx::SqlitePool;

#[test]
fn in_a_task_of_a_server() {
    testkit::run_parallel(async || {
        let db = SqlitePool::connect_lazy("sqlite::memory:").expect("a name");
        let mailer = Mailer::new(Client::new(), String::new());
        let service = Service::new(db, mailer, Arc::new(|_, _| {}));
        let router = service.router();

        let task = tokio::spawn(async move {
            let _router = router;
            service.finish().await;
        });

        task.await.expect("no panic");
    });
}
