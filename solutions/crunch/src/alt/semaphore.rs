//! A semaphore of the service, and tokio's blocking pool for the threads.

use std::{num::NonZeroUsize, sync::Arc};

use futures::future::join_all;
use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::given::*;

/// Scores documents for a whole service, which makes one and shares it.
pub struct Scorer {
    places: Arc<Semaphore>,
    model: Model,
}

impl Scorer {
    /// A scorer with this many places.
    pub fn new(places: NonZeroUsize, model: Model) -> Self {
        Self { places: Arc::new(Semaphore::new(places.get())), model }
    }

    /// Scores each of `documents`: one result for each, in their order.
    pub async fn score_all(
        &self,
        documents: Vec<Document>,
    ) -> Vec<Result<Score, NotScored>> {
        join_all(documents.into_iter().map(|one| self.score(one))).await
    }

    /// Waits for a place, then scores a document on a thread of the pool.
    async fn score(&self, document: Document) -> Result<Score, NotScored> {
        let places = Arc::clone(&self.places);
        let place = places.acquire_owned().await.map_err(|_| NotScored)?;
        let model = Arc::clone(&self.model);
        let score = spawn_blocking(move || {
            // Moved in here, the place is free when the work is over, and not
            // when nothing awaits it any more.
            let _place = place;
            model(&document)
        });
        score.await.map_err(|_| NotScored)
    }
}
