//! A drop that waits for the document.

use std::{
    num::NonZeroUsize,
    sync::{
        Arc,
        mpsc::{self, Receiver},
    },
};

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
        let places = Arc::clone(&self.places);
        let place = places.acquire_owned().await.map_err(|_| NotScored)?;
        let model = Arc::clone(&self.model);
        let (working, done) = mpsc::channel();
        let _joined = Joined(done);
        let score = spawn_blocking(move || {
            let _held = (place, working);
            model(&document)
        });
        score.await.map_err(|_| NotScored)
    }
}

struct Joined(Receiver<()>);

impl Drop for Joined {
    fn drop(&mut self) {
        // Until the sender is dropped.
        let _ = self.0.recv();
    }
}
