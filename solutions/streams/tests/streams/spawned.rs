//! It can be spawned on a multi-thread runtime, as a server would.

use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex},
};

use futures::{FutureExt, StreamExt, future, stream};
use streams::{ImportError, Offer, Prices, Row, Table, import};

#[derive(Clone)]
struct Quick;

impl Prices for Quick {
    async fn look_up(&self, offer: Offer) -> Result<Option<Row>, ImportError> {
        tokio::task::yield_now().await;
        Ok(Some(Row { id: offer.id, cents: 100 }))
    }
}

struct Rows(Arc<Mutex<Vec<u64>>>);

impl Table for Rows {
    async fn insert(&mut self, rows: Vec<Row>) -> Result<(), ImportError> {
        tokio::task::yield_now().await;
        let ids = rows.into_iter().map(|row| row.id);
        self.0.lock().expect("no panic").extend(ids);
        Ok(())
    }
}

#[test]
fn in_a_task_of_a_server() {
    testkit::run_parallel(async || {
        let rows = Arc::new(Mutex::new(Vec::new()));
        let offers = stream::iter((1..=20).map(|id| Ok(Offer { id }))).boxed();
        let (stop, table) =
            (future::pending().boxed(), Rows(Arc::clone(&rows)));
        let batch = NonZeroUsize::new(3).expect("not 0");

        let task = tokio::spawn(import(offers, stop, Quick, table, batch));

        assert_eq!(task.await.expect("no panic"), Ok(()));
        let wanted: Vec<u64> = (1..=20).collect();
        assert_eq!(*rows.lock().expect("no panic"), wanted);
    });
}
