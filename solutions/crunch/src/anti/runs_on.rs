//! The pool works through what waits, for whomever.

use std::{num::NonZeroUsize, sync::Arc};

use futures::future::join_all;
use rayon::{ThreadPool, ThreadPoolBuilder};
use tokio::sync::oneshot;

use crate::given::*;

pub struct Scorer {
    pool: ThreadPool,
    model: Model,
}

impl Scorer {
    /// # Panics
    ///
    /// If the system gives no thread for each place.
    pub fn new(places: NonZeroUsize, model: Model) -> Self {
        let pool = ThreadPoolBuilder::new()
            .num_threads(places.get())
            .panic_handler(|_| {})
            .build()
            .expect("a thread for each place");
        Self { pool, model }
    }

    pub async fn score_all(
        &self,
        documents: Vec<Document>,
    ) -> Vec<Result<Score, NotScored>> {
        let scores = documents.into_iter().map(|document| {
            let (answer, answered) = oneshot::channel();
            let model = Arc::clone(&self.model);
            self.pool.spawn(move || {
                let _ = answer.send(model(&document));
            });
            answered
        });
        let scores = join_all(scores).await.into_iter();
        scores.map(|score| score.map_err(|_| NotScored)).collect()
    }
}
