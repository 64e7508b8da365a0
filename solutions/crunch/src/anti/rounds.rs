//! As many documents of a call as there are places, then the next ones.

use std::{num::NonZeroUsize, sync::Arc};

use futures::future::join_all;
use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::given::*;

pub struct Scorer {
    places: Arc<Semaphore>,
    round: usize,
    model: Model,
}

impl Scorer {
    pub fn new(places: NonZeroUsize, model: Model) -> Self {
        let round = places.get();
        Self { places: Arc::new(Semaphore::new(round)), round, model }
    }

    pub async fn score_all(
        &self,
        documents: Vec<Document>,
    ) -> Vec<Result<Score, NotScored>> {
        let mut scores = Vec::new();
        for round in documents.chunks(self.round) {
            let round = round.iter().map(|one| self.score(one.clone()));
            scores.extend(join_all(round).await);
        }
        scores
    }

    async fn score(&self, document: Document) -> Result<Score, NotScored> {
        let places = Arc::clone(&self.places);
        let place = places.acquire_owned().await.map_err(|_| NotScored)?;
        let model = Arc::clone(&self.model);
        let score = spawn_blocking(move || {
            let _place = place;
            model(&document)
        });
        score.await.map_err(|_| NotScored)
    }
}
