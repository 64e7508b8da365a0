//! One call at a time.

use std::{num::NonZeroUsize, sync::Arc};

use futures::future::join_all;
use tokio::{
    sync::{Mutex, Semaphore},
    task::spawn_blocking,
};

use crate::given::*;

pub struct Scorer {
    turn: Mutex<()>,
    places: Arc<Semaphore>,
    model: Model,
}

impl Scorer {
    pub fn new(places: NonZeroUsize, model: Model) -> Self {
        let places = Arc::new(Semaphore::new(places.get()));
        Self { turn: Mutex::default(), places, model }
    }

    pub async fn score_all(
        &self,
        documents: Vec<Document>,
    ) -> Vec<Result<Score, NotScored>> {
        let _turn = self.turn.lock().await;
        join_all(documents.into_iter().map(|one| self.score(one))).await
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
