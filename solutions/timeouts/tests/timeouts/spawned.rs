//! The call in a task, on a runtime of several threads.

use std::time::Duration;

use timeouts::{Body, Store, StoreError, download};

#[derive(Clone)]
struct Files;

/// The pieces that are still to come.
struct Pieces(Vec<u8>);

impl Store for Files {
    type Body = Pieces;

    async fn open(&self, name: &str) -> Result<Pieces, StoreError> {
        Ok(Pieces(name.bytes().rev().collect()))
    }
}

impl Body for Pieces {
    async fn piece(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        tokio::task::yield_now().await;
        Ok(self.0.pop().map(|byte| vec![byte]))
    }
}

#[test]
fn it_can_be_spawned() {
    testkit::run_parallel(async || {
        let minute = Duration::from_mins(1);
        let call = async move { download(&Files, "file", minute).await };
        let file = tokio::spawn(call).await.expect("it returns");
        assert_eq!(file.expect("it is whole"), b"file");
    });
}
