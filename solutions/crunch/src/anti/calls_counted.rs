//! A permit for each call.

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
        let place = Arc::clone(&self.places).acquire_owned().await;
        let place = Arc::new(place);
        let scores = documents.into_iter().map(|document| {
            let (place, model) = (Arc::clone(&place), Arc::clone(&self.model));
            spawn_blocking(move || {
                let _place = place;
                model(&document)
            })
        });
        let scores = join_all(scores).await.into_iter();
        scores.map(|score| score.map_err(|_| NotScored)).collect()
    }
}
