//! The scores as they come.

use std::{num::NonZeroUsize, sync::Arc};

use tokio::{sync::Semaphore, task::JoinSet};

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
        let mut tasks = JoinSet::new();
        for document in documents {
            let places = Arc::clone(&self.places);
            let model = Arc::clone(&self.model);
            tasks.spawn(async move {
                let place = places.acquire_owned().await;
                let score = tokio::task::spawn_blocking(move || {
                    let _place = place;
                    model(&document)
                });
                score.await.map_err(|_| NotScored)
            });
        }
        let mut scores = Vec::new();
        while let Some(score) = tasks.join_next().await {
            scores.push(score.unwrap_or(Err(NotScored)));
        }
        scores
    }
}
