//! The documents of a call, one after another in one closure.

use std::{
    num::NonZeroUsize,
    panic::{self, AssertUnwindSafe},
    sync::Arc,
};

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
        let length = documents.len();
        let place = Arc::clone(&self.places).acquire_owned().await;
        let model = Arc::clone(&self.model);
        let scores = spawn_blocking(move || {
            let _place = place;
            let scores = documents.iter().map(|document| {
                panic::catch_unwind(AssertUnwindSafe(|| model(document)))
                    .map_err(|_| NotScored)
            });
            scores.collect()
        });
        scores.await.unwrap_or_else(|_| vec![Err(NotScored); length])
    }
}
