//! A blocking task for each document, and no bound.

use std::{num::NonZeroUsize, sync::Arc};

use futures::future::join_all;
use tokio::task::spawn_blocking;

use crate::given::*;

pub struct Scorer {
    model: Model,
}

impl Scorer {
    pub fn new(_places: NonZeroUsize, model: Model) -> Self {
        Self { model }
    }

    pub async fn score_all(
        &self,
        documents: Vec<Document>,
    ) -> Vec<Result<Score, NotScored>> {
        let scores = documents.into_iter().map(|document| {
            let model = Arc::clone(&self.model);
            spawn_blocking(move || model(&document))
        });
        let scores = join_all(scores).await.into_iter();
        scores.map(|score| score.map_err(|_| NotScored)).collect()
    }
}
