//! It can be spawned on a multi-thread runtime, as a server would.

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex},
};

use futures::FutureExt;
use limits::{Body, Client, FetchError, fetch_all};

#[derive(Clone)]
struct Quick;

impl Client for Quick {
    async fn get(&self, id: u64) -> Result<Body, FetchError> {
        tokio::task::yield_now().await;
        Ok(async move { Ok(format!("document {id}")) }.boxed())
    }
}

#[test]
fn in_a_task_of_a_server() {
    testkit::run_parallel(async || {
        let handed = Arc::new(Mutex::new(Vec::new()));
        let note = Arc::clone(&handed);
        let each = move |id, _| note.lock().expect("no panic").push(id);
        let limit = NonZeroUsize::new(3).expect("not 0");

        tokio::spawn(fetch_all(Quick, limit, 1..=20, each))
            .await
            .expect("no panic");

        assert_eq!(handed.lock().expect("no panic").len(), 20);
    });
}
