//! A pool for each call.

use std::{num::NonZeroUsize, sync::Arc};

use futures::future::join_all;
use rayon::ThreadPoolBuilder;
use tokio::sync::oneshot;

use crate::given::*;

pub struct Scorer {
    places: NonZeroUsize,
    model: Model,
}

impl Scorer {
    pub fn new(places: NonZeroUsize, model: Model) -> Self {
        Self { places, model }
    }

    /// # Panics
    ///
    /// If the system gives no thread for each place.
    pub async fn score_all(
        &self,
        documents: Vec<Document>,
    ) -> Vec<Result<Score, NotScored>> {
        let pool = ThreadPoolBuilder::new()
            .num_threads(self.places.get())
            .panic_handler(|_| {})
            .build()
            .expect("a thread for each place");
        let scores = documents.into_iter().map(|document| {
            let (answer, answered) = oneshot::channel();
            let model = Arc::clone(&self.model);
            pool.spawn(move || {
                if !answer.is_closed() {
                    let _ = answer.send(model(&document));
                }
            });
            answered
        });
        let scores = join_all(scores).await.into_iter();
        scores.map(|score| score.map_err(|_| NotScored)).collect()
    }
}
