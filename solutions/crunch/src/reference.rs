//! # crunch, the reference
//!
//! A rayon pool that belongs to the service: its threads are the places. Each
//! document is handed to it with the sender of a oneshot channel, and the call
//! awaits the receivers, which keeps the order and holds no thread.

use std::{num::NonZeroUsize, sync::Arc};

use futures::future::join_all;
use rayon::{ThreadPool, ThreadPoolBuilder};
use tokio::sync::oneshot::{self, Receiver};

use crate::given::*;

/// Scores documents for a whole service, which makes one and shares it.
pub struct Scorer {
    pool: ThreadPool,
    model: Model,
}

impl Scorer {
    /// A scorer with this many places.
    ///
    /// # Panics
    ///
    /// If the system gives no thread for each of them.
    pub fn new(places: NonZeroUsize, model: Model) -> Self {
        let pool = ThreadPoolBuilder::new()
            .num_threads(places.get())
            // Without one, rayon aborts the process: what panics in `spawn` has
            // no caller to which the panic could go.
            .panic_handler(|_| {})
            .build()
            .expect("a thread for each place");
        Self { pool, model }
    }

    /// Scores each of `documents`: one result for each, in their order.
    ///
    /// # If it is dropped
    ///
    /// Documents that are being scored go on to the end, in their places, and
    /// their scores are lost. Those that wait are thrown out of the queue.
    pub async fn score_all(
        &self,
        documents: Vec<Document>,
    ) -> Vec<Result<Score, NotScored>> {
        let scores = documents.into_iter().map(|one| self.hand_over(one));
        let scores = join_all(scores).await.into_iter();
        // A panic has dropped the sender.
        scores.map(|score| score.map_err(|_| NotScored)).collect()
    }

    /// Puts a document into the queue of the pool.
    fn hand_over(&self, document: Document) -> Receiver<Score> {
        let (answer, answered) = oneshot::channel();
        let model = Arc::clone(&self.model);
        self.pool.spawn(move || {
            // The call has been dropped: the place goes to the next document.
            if answer.is_closed() {
                return;
            }
            // An error means that the call has been dropped meanwhile.
            let _ = answer.send(model(&document));
        });
        answered
    }
}
