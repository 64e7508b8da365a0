//! The place given back by hand, after the model.

use std::{num::NonZeroUsize, sync::Arc};

use futures::future::join_all;
use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::given::*;

pub struct Scorer {
    places: Arc<Semaphore>,
    model: Model,
}

impl Scorer {
    pub fn new(places: NonZeroUsize, model: Model) -> Self {
        Self { places: Arc::new(Semaphore::new(places.get())), model }
    }

    pub async fn score_all(
        &self,
        documents: Vec<Document>,
    ) -> Vec<Result<Score, NotScored>> {
        join_all(documents.into_iter().map(|one| self.score(one))).await
    }

    async fn score(&self, document: Document) -> Result<Score, NotScored> {
        self.places.acquire().await.map_err(|_| NotScored)?.forget();
        let (places, model) =
            (Arc::clone(&self.places), Arc::clone(&self.model));
        let score = spawn_blocking(move || {
            let score = model(&document);
            places.add_permits(1);
            score
        });
        score.await.map_err(|_| NotScored)
    }
}
